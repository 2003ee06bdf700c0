"""The addresses of recommendations."""

from django.urls import path

from apps.recommendations.api.feedback import AllFeedback, OneFeedback
from apps.recommendations.api.recommendations import Recommendations
from apps.recommendations.api.rows import Rows
from apps.recommendations.api.similar import Similar

urlpatterns = [
    path("recommendations", Recommendations.as_view(), name="recommendations"),
    path("recommendations/rows", Rows.as_view(), name="recommendation-rows"),
    path("recommendations/feedback", AllFeedback.as_view(), name="feedback"),
    path("recommendations/feedback/<str:feedback_id>", OneFeedback.as_view(), name="one-feedback"),
    # Beside the other addresses of a title; the catalogue itself knows nothing of recommendations.
    path("media/<str:media_type>/<int:media_id>/similar", Similar.as_view(), name="media-similar"),
]

"""The addresses of recommendations."""

from django.urls import path

from movierec.api.lazy_views import api_view

urlpatterns = [
    path(
        "recommendations", api_view("apps.recommendations.api.recommendations.Recommendations"), name="recommendations"
    ),
    path("recommendations/rows", api_view("apps.recommendations.api.rows.Rows"), name="recommendation-rows"),
    path("recommendations/feedback", api_view("apps.recommendations.api.feedback.AllFeedback"), name="feedback"),
    path(
        "recommendations/feedback/<str:feedback_id>",
        api_view("apps.recommendations.api.feedback.OneFeedback"),
        name="one-feedback",
    ),
    # Beside the other addresses of a title; the catalogue itself knows nothing of recommendations.
    path(
        "media/<str:media_type>/<int:media_id>/similar",
        api_view("apps.recommendations.api.similar.Similar"),
        name="media-similar",
    ),
]

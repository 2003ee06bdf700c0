"""The addresses of recommendations."""

from django.urls import path

from movierec.api.lazy_views import lazy_view

urlpatterns = [
    path(
        "recommendations", lazy_view("apps.recommendations.api.recommendations.Recommendations"), name="recommendations"
    ),
    path("recommendations/rows", lazy_view("apps.recommendations.api.rows.Rows"), name="recommendation-rows"),
    path("recommendations/feedback", lazy_view("apps.recommendations.api.feedback.AllFeedback"), name="feedback"),
    path(
        "recommendations/feedback/<str:feedback_id>",
        lazy_view("apps.recommendations.api.feedback.OneFeedback"),
        name="one-feedback",
    ),
    # Beside the other addresses of a title; the catalogue itself knows nothing of recommendations.
    path(
        "media/<str:media_type>/<int:media_id>/similar",
        lazy_view("apps.recommendations.api.similar.Similar"),
        name="media-similar",
    ),
]

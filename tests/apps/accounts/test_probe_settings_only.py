def test_probe():
    from django.conf import settings
    assert (settings.EMBEDDED_AWS, str(settings.STATE_DIR), settings.RATE_LIMITS["auth"]) == ()

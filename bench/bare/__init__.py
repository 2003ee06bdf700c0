"""As little of a service as Django and Django REST framework can be, packed for Lambda, to compare with."""

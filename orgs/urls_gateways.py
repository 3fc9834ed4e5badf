"""What SMS gateways call, thousands of times an hour: looked for first (``config/urls.py``)."""

from django.urls import path

from orgs.views import gateways

urlpatterns = [
    path("gateways/sms/<slug:gateway>/receipt", gateways.receipt, name="gateway-receipt"),
    path("gateways/sms/<slug:gateway>/incoming", gateways.incoming, name="gateway-incoming"),
]

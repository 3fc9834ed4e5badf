"""Which areas lie beside each other: worked out from their shapes, for who wishes to hear of what happens next door."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.models.areas import Area


class AreaNeighbour(models.Model):
    """Two areas of one edition and level that touch; written down both ways, so that one look finds all."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="beside", verbose_name=_("area"))
    neighbour = models.ForeignKey(Area, models.CASCADE, related_name="+", verbose_name=_("neighbouring area"))

    class Meta:
        verbose_name = _("neighbouring areas")
        verbose_name_plural = _("neighbouring areas")
        ordering = ("area_id", "neighbour_id")
        constraints = [
            # Also the way in which the choice of people asks: which areas lie beside this one.
            models.UniqueConstraint(fields=["area", "neighbour"], name="area_neighbour_once"),
            models.CheckConstraint(condition=~models.Q(area=models.F("neighbour")), name="area_neighbour_is_other"),
        ]

    def __str__(self) -> str:
        return f"{self.area_id} – {self.neighbour_id}"

"""Where a plant stands: latitude, longitude, and the standard time by which its clocks, schedules and sun go."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from twin.errors import InputError

_FARTHEST = 4.0
"""A time zone farther than this from the sun's time [h] is a wrong sign, not a country (Kashgar lies 3.0 h off)."""


@dataclass(frozen=True)
class Site:
    """A place on the map: degrees north, degrees east, and the offset of its standard time from UTC [h].

    Local standard time knows no summer time; it is what the plant's calendar shows all year.
    """

    latitude: float
    longitude: float
    utc_offset: float

    def check(self, where: str) -> "Site":
        """The site itself; InputError where it lies on no map, or its time zone on the other side of the world."""
        limits = (("latitude", self.latitude, 90.0), ("longitude", self.longitude, 180.0))
        for name, value, most in limits:
            if not -most <= value <= most:
                raise InputError(f"{where}: a {name} of {value:g} is outside {-most:g} .. {most:g} degrees")
        if not -12.0 <= self.utc_offset <= 14.0:
            raise InputError(f"{where}: a time zone of {self.utc_offset:g} h is outside -12 .. 14 h")
        off = (self.utc_offset - self.longitude / 15.0 + 12.0) % 24.0 - 12.0
        if abs(off) > _FARTHEST:
            raise InputError(
                f"{where}: longitude {self.longitude:g} (east is positive) and a time zone of {self.utc_offset:+g} h "
                f"do not go together"
            )
        return self

    def local(self, moment: datetime) -> datetime:
        """Local standard time, without offset; a moment without offset is local standard time already."""
        if moment.tzinfo is None:
            return moment
        return (moment.astimezone(UTC) + timedelta(hours=self.utc_offset)).replace(tzinfo=None)

    def instant(self, local: datetime) -> datetime:
        """The moment that a local standard time stands for, with its offset."""
        return local.replace(tzinfo=timezone(timedelta(hours=self.utc_offset)))


BEIJING = Site(39.8, 116.467, 8.0)
"""Station 54511 of GB 50736-2012; where a plant stands whose file and weather say nothing else."""


def read_time_zone(text: str, where: str) -> float:
    """Hours from UTC out of `+08:00` or `-03:30`."""
    try:
        offset = datetime.fromisoformat(f"2001-01-01T00:00:00{text.strip()}").utcoffset()
    except ValueError:
        offset = None
    if offset is None:
        raise InputError(f"{where}: {text!r} is not the offset of a standard time, such as +08:00 or -03:30")
    return offset.total_seconds() / 3600.0

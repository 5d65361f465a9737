"""Where the sun stands and what it gives to a plane: plain numpy over whole series, run while a plant is built.

Angles are radians inside, degrees from north clockwise (south 180) for the orientation of a plane. Times are local
standard time. Good to about 0.3 degrees and to the few per cent that a window's gain needs.
Sources: Spencer (1971) for declination and equation of time, Haurwitz (1945) for the clear sky, Erbs et al. (1982) for
the diffuse share, Perez et al. (1990) for the tilted plane.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plant_models.weather.site import Site

Floats = NDArray[np.float64]
Times = NDArray[np.datetime64]

ORIENTATIONS = {"south": 180.0, "west": 270.0, "north": 0.0, "east": 90.0}
"""Azimuth of the four facades [degrees from north, clockwise]."""
_SOLAR_CONSTANT = 1367.0
_ALBEDO = 0.2
_CLEARNESS_BINS = np.array([1.065, 1.23, 1.5, 1.95, 2.8, 4.5, 6.2])
_PEREZ = np.array(
    [
        [-0.008, 0.588, -0.062, -0.060, 0.072, -0.022],
        [0.130, 0.683, -0.151, -0.019, 0.066, -0.029],
        [0.330, 0.487, -0.221, 0.055, -0.064, -0.026],
        [0.568, 0.187, -0.295, 0.109, -0.152, -0.014],
        [0.873, -0.392, -0.362, 0.226, -0.462, 0.001],
        [1.132, -1.237, -0.412, 0.288, -0.823, 0.056],
        [1.060, -1.600, -0.359, 0.264, -1.127, 0.131],
        [0.678, -0.327, -0.250, 0.156, -1.377, 0.251],
    ]
)


@dataclass(frozen=True)
class Sun:
    """The sun over a series of instants: cosine of the zenith angle, azimuth [rad], irradiance in space [W/m2]."""

    cos_zenith: Floats
    azimuth: Floats
    extraterrestrial: Floats


def days_into_year(times: Times) -> Floats:
    """Days since 1 January 00:00 of each instant's own year, with fraction."""
    seconds = times.astype("datetime64[s]")
    passed = seconds - seconds.astype("datetime64[Y]").astype("datetime64[s]")
    return np.asarray(passed / np.timedelta64(86400, "s"), np.float64)


def sun(site: Site, times: Times) -> Sun:
    """The sun's place at each local standard time."""
    day = days_into_year(times)
    year = 2.0 * np.pi * day / 365.0
    declination = (
        0.006918 - 0.399912 * np.cos(year) + 0.070257 * np.sin(year) - 0.006758 * np.cos(2 * year)
        + 0.000907 * np.sin(2 * year) - 0.002697 * np.cos(3 * year) + 0.00148 * np.sin(3 * year)
    )  # fmt: skip
    equation = 3.8197 * (
        0.000075 + 0.001868 * np.cos(year) - 0.032077 * np.sin(year) - 0.014615 * np.cos(2 * year)
        - 0.040849 * np.sin(2 * year)
    )  # fmt: skip
    solar_hour = 24.0 * (day % 1.0) + equation + site.longitude / 15.0 - site.utc_offset
    angle = np.radians(15.0 * (solar_hour - 12.0))
    north = np.radians(site.latitude)
    cos_zenith = np.sin(north) * np.sin(declination) + np.cos(north) * np.cos(declination) * np.cos(angle)
    across = np.cos(angle) * np.sin(north) - np.tan(declination) * np.cos(north)
    azimuth = np.arctan2(np.sin(angle), across) + np.pi
    return Sun(cos_zenith, azimuth, _SOLAR_CONSTANT * (1.0 + 0.033 * np.cos(year)))


def clear_sky(place: Sun) -> Floats:
    """Global horizontal irradiance under a clear sky [W/m2] (Haurwitz)."""
    height = np.maximum(place.cos_zenith, 1e-3)
    return np.where(place.cos_zenith > 0.0, 1098.0 * height * np.exp(-0.057 / height), 0.0)


def split_global(place: Sun, horizontal: Floats) -> tuple[Floats, Floats]:
    """Direct normal and diffuse horizontal irradiance [W/m2] out of the global horizontal one (Erbs)."""
    height = np.maximum(place.cos_zenith, 0.01)
    index = np.clip(horizontal / (place.extraterrestrial * height), 0.0, 1.0)
    middle = 0.9511 - 0.1604 * index + 4.388 * index**2 - 16.638 * index**3 + 12.336 * index**4
    share = np.where(index <= 0.22, 1.0 - 0.09 * index, np.where(index <= 0.8, middle, 0.165))
    up = place.cos_zenith > 0.0
    diffuse = np.where(up, share * horizontal, 0.0)
    direct = np.where(place.cos_zenith > 0.03, (horizontal - diffuse) / height, 0.0)
    return np.minimum(direct, place.extraterrestrial), diffuse


def complete_irradiance(
    place: Sun, horizontal: Floats, direct: Floats, diffuse: Floats
) -> tuple[Floats, Floats, Floats]:
    """Global horizontal, direct normal and diffuse horizontal irradiance [W/m2], each made where it is missing (NaN).

    Two of them give the third by global = direct cos(zenith) + diffuse; the global alone is split (Erbs). What cannot
    be made stays NaN. Below 1.7 degrees of height the direct one is 0: the quotient says nothing there.
    """
    up = np.maximum(place.cos_zenith, 0.0)
    total = np.where(np.isnan(horizontal), direct * up + diffuse, horizontal)
    scattered = np.where(np.isnan(diffuse), np.maximum(total - direct * up, 0.0), diffuse)
    beam = np.maximum(total - scattered, 0.0) / np.maximum(up, 0.03)
    beam = np.where(up > 0.03, np.minimum(beam, place.extraterrestrial), 0.0 * beam)
    found = np.where(np.isnan(direct), beam, direct)
    alone = np.isnan(direct) & np.isnan(diffuse) & ~np.isnan(total)
    split = split_global(place, np.where(alone, total, 0.0))
    return total, np.where(alone, split[0], found), np.where(alone, split[1], scattered)


@dataclass(frozen=True)
class PlaneIrradiance:
    """What falls on a plane [W/m2]: `direct` beam, `diffuse` of sky and ground; `cos_incidence` of the beam."""

    direct: Floats
    diffuse: Floats
    cos_incidence: Floats


def plane_irradiance(
    place: Sun, direct: Floats, diffuse: Floats, azimuth: float, tilt: float = 90.0
) -> PlaneIrradiance:
    """Irradiance of a plane facing `azimuth`, tilted from the horizontal [degrees]; sky by Perez, ground albedo 0.2.

    direct: direct normal, diffuse: diffuse horizontal irradiance [W/m2].
    """
    slope, facing = np.radians(tilt), np.radians(azimuth)
    sin_zenith = np.sqrt(np.maximum(0.0, 1.0 - place.cos_zenith**2))
    incidence = place.cos_zenith * np.cos(slope) + sin_zenith * np.sin(slope) * np.cos(place.azimuth - facing)
    up = place.cos_zenith > 0.0
    incidence = np.where(up, np.maximum(incidence, 0.0), 0.0)
    around_sun, horizon = _brightness(place, direct, diffuse)
    ratio = incidence / np.maximum(place.cos_zenith, np.cos(np.radians(85.0)))
    sky = (1.0 - around_sun) * (1.0 + np.cos(slope)) / 2.0 + around_sun * ratio + horizon * np.sin(slope)
    ground = _ALBEDO * (diffuse + direct * np.maximum(place.cos_zenith, 0.0)) * (1.0 - np.cos(slope)) / 2.0
    return PlaneIrradiance(direct * incidence, np.maximum(0.0, diffuse * sky) + ground, incidence)


def _brightness(place: Sun, direct: Floats, diffuse: Floats) -> tuple[Floats, Floats]:
    """Perez' shares of the diffuse light that come from around the sun and from the horizon."""
    zenith = np.arccos(np.clip(place.cos_zenith, 0.0, 1.0))
    cubed = 1.041 * zenith**3
    sky = np.maximum(diffuse, 1e-9)
    clearness = ((sky + direct) / sky + cubed) / (1.0 + cubed)
    degrees = np.minimum(np.degrees(zenith), 90.0)
    air_mass = 1.0 / (np.cos(zenith) + 0.50572 * (96.07995 - degrees) ** -1.6364)
    brightness = sky * air_mass / place.extraterrestrial
    f = _PEREZ[np.digitize(clearness, _CLEARNESS_BINS)]
    around_sun = np.maximum(0.0, f[:, 0] + f[:, 1] * brightness + f[:, 2] * zenith)
    return around_sun, f[:, 3] + f[:, 4] * brightness + f[:, 5] * zenith

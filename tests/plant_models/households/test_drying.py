"""A room unit that cools dries the air: against the psychrometric chart, and closed over a day of a whole house
(docs/physics/heat-pumps.md#drying)."""

import pytest
from CoolProp.HumidAirProp import HAPropsSI

from plant_models.catalogue import catalogue
from plant_models.households.drying import contact_air, surface_for, taken
from plant_models.households.room_unit import RoomUnit, carnot_efficiency, perform
from twin.store import Store


def unit(speed=1.0, **points):
    row = Store({RoomUnit: ["unit"]}).row("unit")
    for name, value in (catalogue("room_units", "dnv_i_56") | points).items():
        row[name] = value
    row.rated_cooling, row.heating, row.speed = 0.9 * row.rated_heating, 0.0, speed
    row.efficiency = carnot_efficiency(row)
    return row


def settled(row, room, ratio, water=25.0):
    for _ in range(50):
        evaporating = perform(row, room, ratio, water, row.rated_flow, water)[1]
    return evaporating


def test_the_rated_room_makes_a_coil_as_the_psychrometric_chart_has_it(validation):
    """27 degC, 19 degC wet bulb: the enthalpy that the air loses is the cooling; some 0.7 of it are sensible."""
    row, ratio = unit(), HAPropsSI("W", "T", 300.15, "B", 292.15, "P", 101325)
    evaporating = settled(row, 27.0, ratio)
    room = HAPropsSI("H", "T", 300.15, "W", ratio, "P", 101325)
    coil = HAPropsSI("H", "T", row.coil_temp + 273.15, "R", 1.0, "P", 101325)
    validation("room unit that cools, 27 degC, 19 degC wet bulb: what the air loses", "CoolProp, humid air",
               expected=contact_air(row) * (room - coil), got=-row.capacity, tolerance="3 %", unit="W")  # fmt: skip
    assert 9.0 < row.coil_temp < 12.0
    assert 6.0 < evaporating < 9.0
    assert 0.66 < 1.0 + row.latent / row.capacity < 0.82


def test_dry_air_gives_sensible_heat_only_and_a_colder_coil():
    damp, dry = unit(), unit()
    settled(damp, 27.0, 0.012)
    settled(dry, 27.0, 0.004)
    assert dry.latent == 0.0
    assert dry.coil_temp < damp.coil_temp - 3.0
    assert -dry.capacity / dry.power < -damp.capacity / damp.power, "a colder coil takes more electricity"


def test_damper_air_gives_more_water_and_slow_compressors_less():
    rates = []
    for ratio, speed in ((0.010, 1.0), (0.014, 1.0), (0.010, 0.4)):
        row = unit(speed)
        settled(row, 27.0, ratio)
        rates.append(-row.latent / row.capacity)
    assert rates[1] > rates[0] + 0.1
    assert rates[2] < rates[0]


def test_slow_air_touches_more_of_the_coil():
    """exp(-A/m): 0.15 of the full air passes untouched, 0.15^2 of half of it."""
    full, part = unit(1.0), unit((0.5 - 0.2) / 0.8)
    rated = full.rated_cooling * full.air_flow_per_watt
    assert contact_air(full) == pytest.approx(0.85 * rated)
    assert contact_air(part) == pytest.approx(0.5 * (1.0 - 0.15 * 0.15) * rated)


def test_on_cold_water_a_slow_unit_starves_its_coil_and_dries_more():
    """At 0.3 of its speed a coil would float to 15 degC; over water of 15 degC it stays 8 K of lift below that.

    It takes the same heat, more of it as vapour, at more electricity than the warm coil would need.
    """
    warm, cold = unit(0.3), unit(0.3)
    settled(warm, 25.0, 0.013, water=25.0)
    evaporating = settled(cold, 25.0, 0.013, water=15.0)
    condensing = cold.leaving_temp + 3.0 * 0.3
    assert warm.coil_temp == pytest.approx(warm.floating_temp)
    assert cold.coil_temp < cold.floating_temp - 2.0
    assert condensing - evaporating == pytest.approx(8.0, abs=0.01)
    assert cold.latent / cold.capacity < warm.latent / warm.capacity - 0.03, "capacity is negative: more vapour"
    carnot = (evaporating + 273.15) / 8.0
    fan = cold.fan_share * cold.rated_power
    assert -cold.capacity / (cold.power - fan) == pytest.approx(cold.efficiency * carnot, rel=0.01)


def test_vapour_and_heat_close_where_the_coil_starves():
    """Sensible heat is that of the part that boils: nothing else cools the air."""
    row = unit(0.3)
    settled(row, 25.0, 0.013, water=15.0)
    sensible = -row.capacity - row.latent
    dried = 0.013 - HAPropsSI("W", "T", row.coil_temp + 273.15, "R", 1.0, "P", 101325)
    per_kelvin = row.latent / (2.501e6 * dried)
    assert sensible == pytest.approx(per_kelvin * 1006.0 * (25.0 - row.coil_temp), rel=0.02)
    assert per_kelvin < 0.95 * contact_air(row)


def test_the_surface_takes_what_was_asked_for_and_never_freezes():
    for heat in (200.0, 1500.0, 4000.0):
        surface = surface_for(0.25, heat, 26.0, 0.011, 20.0)
        assert taken(0.25, surface, 26.0, 0.011) == pytest.approx(heat, rel=1e-3)
    row = unit(air_flow_per_watt=2e-5)
    settled(row, 24.0, 0.004)
    assert row.coil_temp == 2.0
    assert -row.capacity < 0.9 * row.rated_cooling, "it unloads rather than freezes"
    assert row.source_heat == pytest.approx(row.capacity - row.power, rel=1e-12)


def test_vapour_and_heat_of_a_house_that_cools_close(house):
    """What the rooms' air gains less what the outdoors and the coils take; sensible and latent are the cooling."""
    at = house(water=18.0, room=28.0)
    for one in at.units:
        one.mode_cmd, one.temp_sp = 2.0, 24.0
    for zone in at.zones:
        zone.humidity_ratio = 0.014
        zone.mass_temp = zone.wall_temp = zone.surface_temp = 28.0
    at.run(4 * 3600)
    for one, zone in zip(at.units, at.zones, strict=True):
        assert one.condensate > 0.5
        assert one.latent_energy == pytest.approx(2.501e6 * one.condensate, rel=1e-12)
        assert zone.humidity < 0.7
    taken_up = sum(one.latent_energy - one.heat_to_room for one in at.units)
    assert at.house.energy_cooling == pytest.approx(taken_up, rel=1e-9)
    assert at.house.energy_source == pytest.approx(-at.house.energy_cooling - sum(o.energy for o in at.units), rel=1e-9)

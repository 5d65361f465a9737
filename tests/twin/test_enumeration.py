"""Enumerations: numbers for kernels and names for people from one declaration."""

import pkgutil
from importlib import import_module

import plant_models
from twin.enumeration import Enumeration


def test_numbers_count_from_0_as_floats_and_have_their_names():
    states = Enumeration("off", "purge", "firing")
    off, purge, firing = states
    assert (off, purge, firing) == (0.0, 1.0, 2.0)
    assert all(type(number) is float for number in states)
    assert states.names == {0: "off", 1: "purge", 2: "firing"}
    assert states.names[int(firing)] == "firing"


def test_every_constant_of_the_models_is_the_number_of_its_name():
    found = 0
    for module in pkgutil.walk_packages(plant_models.__path__, "plant_models."):
        names = vars(import_module(module.name))
        numbers = {name: value for name, value in names.items() if name.isupper() and type(value) is float}
        lists = [value for value in names.values() if isinstance(value, Enumeration)]
        for number, word in ((number, word) for one in lists for number, word in one.names.items()):
            owners = [one for one in lists if word in one.names.values()]
            if word.upper() in numbers and len(owners) == 1:
                found += 1
                assert numbers[word.upper()] == number, f"{module.name}: {word}"
    assert found > 50

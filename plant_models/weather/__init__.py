"""Weather, sun and moist air."""

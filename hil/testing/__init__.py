"""The rig in a test: `rig.Rig` to play with a plant, `judged.judged` to run a scenario, and the plugin for pytest."""

import geotwin as geotwin

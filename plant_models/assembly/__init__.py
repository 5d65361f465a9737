"""From a plant file to tables: chains of water, components, rows."""

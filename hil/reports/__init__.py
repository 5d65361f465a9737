"""What a run leaves for people and build servers: result files, the report, the pages of plants."""

"""The controllers that come with the rig: programs in parts, each with the clause it carries out."""

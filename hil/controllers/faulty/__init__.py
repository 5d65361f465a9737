"""Controllers with one mistake each: a small difference from the reference, named after the mistake and its clause.

A suite that passes one of them does not test what that clause says (`geotwin power`).
"""

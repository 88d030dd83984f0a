"""Marking a class: a quiz and a table of answers give a sheet with verdict, credit, marks and message for each."""

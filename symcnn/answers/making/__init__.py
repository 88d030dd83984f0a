"""Exams: questions with random sizes, keys, distractors that are known mistakes, and which numbers tell them apart."""

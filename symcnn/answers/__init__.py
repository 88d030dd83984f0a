"""What people type as answers: read, judged, and told which slip was made."""

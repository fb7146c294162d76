"""What is leased: made when it is needed, closed when nobody uses it any more."""

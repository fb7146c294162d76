"""Tenure's pool beside others: what each can do, found out by trying, and how long a loan takes."""

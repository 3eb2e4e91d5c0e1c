"""Reads synthesized Terraform JSON for checkers that were written for other formats."""

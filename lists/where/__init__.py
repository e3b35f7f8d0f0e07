"""Conditions on a list: two levels of all and any, kept in the address, said in sentences, asked as one Q.

all(amount:from:1000;any(stage:in:3,4;client.industry:in:5))
"""

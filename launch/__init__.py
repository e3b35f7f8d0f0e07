"""Everything behind `make`: set-up, embedded servers, and the processes of the product.

It runs on the machine's own Python before anything is installed, so it uses the standard library only.
"""

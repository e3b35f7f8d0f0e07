from catalog.models.product import Product

__all__ = ["Product"]

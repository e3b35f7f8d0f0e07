from catalog.models.bundle import BundlePart
from catalog.models.product import BundlePrice, Product, ProductKind
from catalog.models.product_group import ProductGroup
from catalog.models.tax_rate import TaxRate
from catalog.models.unit import Unit

__all__ = ["BundlePart", "BundlePrice", "Product", "ProductGroup", "ProductKind", "TaxRate", "Unit"]

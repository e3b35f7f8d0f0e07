from catalog.models.bundle import BundlePart
from catalog.models.calculator import Calculated, Calculator, Parameter
from catalog.models.discount_rule import DiscountRule
from catalog.models.loyalty import LoyaltyLevel, LoyaltyStanding, PointsEntry
from catalog.models.price_list import ListPrice, PriceList
from catalog.models.price_terms import PriceTerms
from catalog.models.product import BundlePrice, Product, ProductKind
from catalog.models.product_group import ProductGroup
from catalog.models.tax_rate import TaxRate
from catalog.models.unit import Unit

__all__ = [
    "BundlePart",
    "BundlePrice",
    "Calculated",
    "Calculator",
    "DiscountRule",
    "ListPrice",
    "LoyaltyLevel",
    "LoyaltyStanding",
    "Parameter",
    "PointsEntry",
    "PriceList",
    "PriceTerms",
    "Product",
    "ProductGroup",
    "ProductKind",
    "TaxRate",
    "Unit",
]

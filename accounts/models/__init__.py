from accounts.models.account import Account, AccountRole
from accounts.models.address import Address
from accounts.models.completeness_rule import CompletenessRule
from accounts.models.consent import Consent, ConsentPurpose
from accounts.models.contact import Contact
from accounts.models.contact_point import ContactPoint
from accounts.models.criterion import Answer, Criterion
from accounts.models.custom_field import CustomField, CustomOption
from accounts.models.dictionaries import Channel, Industry, Source, Tag
from accounts.models.duplicate_pair import DuplicatePair, PairState
from accounts.models.duplicate_rule import DuplicateRule
from accounts.models.hand_over import HandOver, HandOverPart
from accounts.models.match_key import MatchKey
from accounts.models.merge import Absorbed, Merge, MergedKind, MergeMove
from accounts.models.panel_setting import FoldedPanel, PanelSetting
from accounts.models.relation import Relation, RelationKind
from accounts.models.tax_number import TaxNumber
from accounts.models.territory import Territory, TerritoryPlace

__all__ = [
    "Absorbed",
    "Account",
    "AccountRole",
    "Address",
    "Answer",
    "Channel",
    "CompletenessRule",
    "Consent",
    "ConsentPurpose",
    "Contact",
    "ContactPoint",
    "Criterion",
    "CustomField",
    "CustomOption",
    "DuplicatePair",
    "DuplicateRule",
    "FoldedPanel",
    "HandOver",
    "HandOverPart",
    "Industry",
    "MatchKey",
    "Merge",
    "MergeMove",
    "MergedKind",
    "PairState",
    "PanelSetting",
    "Relation",
    "RelationKind",
    "Source",
    "Tag",
    "TaxNumber",
    "Territory",
    "TerritoryPlace",
]

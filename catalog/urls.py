from django.urls import path

from catalog.views.calculate import calculate
from catalog.views.price_lists import price_list, price_lists
from catalog.views.product import product, product_create, product_edit, product_parts
from catalog.views.product_list import product_list
from catalog.views.terms import points_move, terms, terms_agree, terms_panel

app_name = "catalog"
urlpatterns = [
    path("", product_list, name="products"),
    path("new/", product_create, name="product_create"),
    path("<int:pk>/", product, name="product"),
    path("lists/", price_lists, name="price_lists"),
    path("lists/<int:pk>/", price_list, name="price_list"),
    path("of-client/<int:pk>/", terms, name="terms"),
    path("of-client/<int:pk>/panel/", terms_panel, name="terms_panel"),
    path("of-client/<int:pk>/agree/", terms_agree, name="terms_agree"),
    path("of-client/<int:pk>/points/", points_move, name="points_move"),
    path("<int:pk>/calculate/", calculate, name="calculate"),
    path("<int:pk>/edit/", product_edit, name="product_edit"),
    path("<int:pk>/parts/", product_parts, name="product_parts"),
]

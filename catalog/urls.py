from django.urls import path

from catalog.views.product import product, product_create, product_edit, product_parts
from catalog.views.product_list import product_list

app_name = "catalog"
urlpatterns = [
    path("", product_list, name="products"),
    path("new/", product_create, name="product_create"),
    path("<int:pk>/", product, name="product"),
    path("<int:pk>/edit/", product_edit, name="product_edit"),
    path("<int:pk>/parts/", product_parts, name="product_parts"),
]

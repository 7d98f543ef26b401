"""The floor's three pages: the items of a person, saving one of them, and the login."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from benchmarks.floor.models import Item

SHOWN = 20


@login_required
def page(request: HttpRequest) -> HttpResponse:
    items = Item.objects.filter(owner=request.user).order_by("pk")[:SHOWN]
    return render(request, "floor/page.html", {"items": items})


@login_required
def save(request: HttpRequest) -> HttpResponse:
    item = Item.objects.filter(owner=request.user).order_by("pk")[0]
    if request.method == "POST":
        item.title = request.POST["title"][:120]
        item.save(update_fields=["title", "updated"])
        return redirect("/")
    return render(request, "floor/save.html", {"item": item})


urlpatterns = [
    path("", page),
    path("save/", save),
    path("login/", LoginView.as_view(template_name="floor/login.html", next_page="/")),
]

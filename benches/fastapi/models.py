"""What is sent and received, as models."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field


class Period(BaseModel):
    start: str | None = None
    end: str | None = None
    text: str | None = Field(None, max_length=500)


class AsStated(BaseModel):
    name: str | None = None
    region: str | None = None
    country: str | None = None
    population: str | None = None
    area: str | None = None


class CityReference(BaseModel):
    city_id: UUID
    slug: str
    name: str
    country: str | None


class NewPlanCity(BaseModel):
    city_id: UUID
    role: Literal["lead", "partner"]
    as_stated: AsStated = AsStated()


class PlanCity(CityReference):
    role: str
    as_stated: AsStated


class NewFocus(BaseModel):
    text: str = Field(max_length=2000)
    city_ids: list[UUID] = []


class Focus(NewFocus):
    cities: list[CityReference]


class NewPlanTheme(BaseModel):
    theme_id: UUID
    label: str | None = None
    focus: list[NewFocus] = []


class ThemeReference(BaseModel):
    theme_id: UUID
    slug: str
    name: str


class PlanTheme(ThemeReference):
    label: str | None
    focus: list[Focus]


class Sdg(BaseModel):
    goal: int = Field(ge=1, le=17)
    target: str | None = None
    label: str | None = None


class Partnership(BaseModel):
    partnership: str
    label: str | None = None


class Contact(BaseModel):
    organisation: str | None = None
    name: str | None = None
    email: str | None = None
    url: str | None = None
    purpose: str | None = None


class Source(BaseModel):
    title: str
    url: str | None = None
    language: str | None = None
    retrieved_on: date | None = None
    note: str | None = None


class NewRelation(BaseModel):
    plan_id: UUID
    kind: Literal["mirrors", "member_of", "continues"]


class Relation(BaseModel):
    plan_id: UUID
    slug: str
    title: str
    kind: str


class PlanTexts(BaseModel):
    slug: str = Field(max_length=200, pattern="^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1, max_length=300)
    programme: str | None = None
    kind: Literal["pairing", "cluster"]
    status: Literal["draft", "active", "completed", "cancelled"]
    period: Period = Period()
    objectives: list[str] = []
    challenges: list[str] = []
    sdgs: list[Sdg] = []
    urban_agenda: list[Partnership] = []
    contacts: list[Contact] = []
    sources: list[Source] = []
    note: str | None = None


class NewPlan(PlanTexts):
    cities: list[NewPlanCity] = []
    themes: list[NewPlanTheme] = []
    relations: list[NewRelation] = []


class Plan(PlanTexts):
    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    cities: list[PlanCity]
    themes: list[PlanTheme]
    relations: list[Relation]


class PlanPage(BaseModel):
    data: list[Plan]
    next_cursor: str | None


class Hit(BaseModel):
    kind: str
    id: UUID
    slug: str | None
    title: str
    snippet: str
    rank: float


class HitPage(BaseModel):
    data: list[Hit]
    next_cursor: str | None


class DocumentPlanCity(BaseModel):
    city: str
    role: str
    as_stated: AsStated


class DocumentFocus(BaseModel):
    text: str
    cities: list[str]


class DocumentPlanTheme(BaseModel):
    theme: str
    label: str | None
    focus: list[DocumentFocus]


class DocumentRelation(BaseModel):
    plan: str
    kind: str


class DocumentPlan(PlanTexts):
    cities: list[DocumentPlanCity]
    themes: list[DocumentPlanTheme]
    relations: list[DocumentRelation]


class Identifier(BaseModel):
    scheme: str
    value: str


class City(BaseModel):
    slug: str
    name: str
    alternative_names: list[str]
    kind: str
    country: str | None
    region: str | None
    population: int | None
    area_km2: float | None
    latitude: float | None
    longitude: float | None
    identifiers: list[Identifier]


class Theme(BaseModel):
    slug: str
    name: str
    description: str | None
    aliases: list[str]
    sdgs: list[int]
    urban_agenda: list[str]


class DocumentCity(BaseModel):
    city: str
    role: str


class DocumentOrganisation(BaseModel):
    name: str
    acronym: str | None
    kind: str | None
    role: str | None
    city: str | None


class DocumentActivity(BaseModel):
    title: str
    description: str | None
    kind: str
    mode: str | None
    status: str
    date: Period
    cities: list[DocumentCity]
    organisations: list[DocumentOrganisation]
    outputs: list[str]
    note: str | None
    themes: list[str]


class Indicator(BaseModel):
    name: str
    unit: str | None
    baseline: float | None
    target: float | None
    actual: float | None


class DocumentOutcome(BaseModel):
    heading: str | None
    description: str
    kind: str
    status: str
    due: Period
    cities: list[DocumentCity]
    organisations: list[DocumentOrganisation]
    indicators: list[Indicator]
    note: str | None
    theme: str | None


class Document(BaseModel):
    plan: DocumentPlan
    cities: list[City]
    themes: list[Theme]
    activities: list[DocumentActivity]
    outcomes: list[DocumentOutcome]

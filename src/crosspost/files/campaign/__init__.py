"""A campaign's folder, read into a Campaign: `campaign.toml`, its texts, its images; and the glossary beside it."""

from crosspost.files.campaign.glossary import Glossary, load_glossary
from crosspost.files.campaign.known import Known
from crosspost.files.campaign.loader import CampaignFile, load_campaign

__all__ = ["CampaignFile", "Glossary", "Known", "load_campaign", "load_glossary"]

"""A campaign's folder, read into a Campaign: `campaign.toml`, its texts, its images."""

from crosspost.files.campaign.known import Known
from crosspost.files.campaign.loader import CampaignFile, load_campaign

__all__ = ["CampaignFile", "Known", "load_campaign"]

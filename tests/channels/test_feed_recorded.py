"""Every recorded feed becomes mentions, or is refused with a reason; nothing else is raised."""

from __future__ import annotations

import pytest

from socialcare.errors import BadAnswerError
from tests.channels.feed_server import feed_server

REFUSED = {
    "fp_entities__mu.xml": "undefined entity",  # an entity of HTML that XML does not know, and nothing else in it
    "fp_entities__otilde.xml": "undefined entity",  # an entity of HTML that XML does not know, and nothing else in it
    "fp_entities__upper_Lambda.xml": "undefined entity",  # an entity of HTML that XML does not know, and nothing else in it
    "fp_entities__upper_Omega.xml": "undefined entity",  # an entity of HTML that XML does not know, and nothing else in it
    "fp_entities__xi.xml": "undefined entity",  # an entity of HTML that XML does not know, and nothing else in it
    "fp_illformed__rss_empty_document.xml": "neither XML nor JSON",  # a comment and no document
    "fp_illformed__undeclared_namespace.xml": "unbound prefix",  # a prefix without its namespace breaks it before its first entry
}
"""What may be refused: words of the reason, and why that is right."""

ONE_MENTION = """
fp_illformed__chardet__euckr.xml
fp_illformed__chardet__koi8r.xml
fp_illformed__chardet__tis620.xml
fp_wellformed__amp__amp05.xml
fp_wellformed__amp__amp10.xml
fp_wellformed__amp__amp26.xml
fp_wellformed__amp__amp43.xml
fp_wellformed__amp__amp50.xml
fp_wellformed__amp__amp61.xml
fp_wellformed__atom10__entry_content_type.xml
fp_wellformed__atom10__entry_link_alternate_map_link.xml
fp_wellformed__atom10__entry_link_alternate_map_link_3.xml
fp_wellformed__atom10__entry_summary_escaped_markup.xml
fp_wellformed__atom10__entry_summary_inline_markup_2.xml
fp_wellformed__atom10__entry_title_inline_markup.xml
fp_wellformed__atom10__qna.xml
fp_wellformed__atom__entry_summary_base64_2.xml
fp_wellformed__atom__entry_summary_content_mode_escaped.xml
fp_wellformed__atom__entry_title_content_mode_base64.xml
fp_wellformed__base__cdf_item_abstract_xml_base.xml
fp_wellformed__base__entry_title_xml_base_inherit.xml
fp_wellformed__base__entry_title_xml_base_inherit_4.xml
fp_wellformed__base__http_entry_content_base_content_location.xml
fp_wellformed__base__http_entry_summary_inline_base_docuri.xml
fp_wellformed__base__http_item_fullitem_base_docuri.xml
fp_wellformed__lang__entry_content_xml_lang_blank_2.xml
fp_wellformed__lang__entry_content_xml_lang_inherit_3.xml
fp_wellformed__lang__item_fullitem_xml_lang.xml
fp_wellformed__media-rss__item_media_title1.xml
fp_wellformed__media-rss__item_media_title3.xml
fp_wellformed__media-rss__media_group.xml
fp_wellformed__media-rss__media_thumbnail.xml
fp_wellformed__namespace__rss2.0NSwithModulesNoDefNS.xml
fp_wellformed__namespace__rss2.0noNSwithModulesLocalNameClash.xml
fp_wellformed__rdf__rdf_item_link.xml
fp_wellformed__rdf__rdf_item_title.xml
fp_wellformed__rdf__rss090_item_title.xml
fp_wellformed__rss__item_cc_license.xml
fp_wellformed__rss__item_content_encoded_type.xml
fp_wellformed__rss__item_dc_description.xml
fp_wellformed__rss__item_description.xml
fp_wellformed__rss__item_description_code_br.xml
fp_wellformed__rss__item_enclosure_type.xml
fp_wellformed__rss__item_guid.xml
fp_wellformed__rss__item_guid_isPermaLink_guidislink.xml
fp_wellformed__rss__item_guid_not_permalink.xml
fp_wellformed__rss__item_image_link_conflict.xml
fp_wellformed__rss__item_title.xml
fp_wellformed__sanitize__entry_title_embed.xml
fp_wellformed__sanitize__item_content_encoded_link.xml
fp_wellformed__sanitize__style_letter_spacing_1px.xml
fp_wellformed__sanitize__style_tab_stops_list_5in.xml
google_alerts_en.xml
granary_attachments.feed.json
"""
NO_ENTRY = """
fp_illformed__chardet__big5.xml
fp_wellformed__atom10__feed_author_email.xml
fp_wellformed__atom10__feed_authors_email.xml
fp_wellformed__atom10__feed_generator_url.xml
fp_wellformed__atom10__feed_link_multiple.xml
fp_wellformed__atom10__feed_link_rel_via.xml
fp_wellformed__atom10__feed_rights_base64_2.xml
fp_wellformed__atom10__feed_rights_inline_markup_2.xml
fp_wellformed__atom10__feed_subtitle_content_type.xml
fp_wellformed__atom10__feed_subtitle_content_value.xml
fp_wellformed__atom10__feed_title_content_type.xml
fp_wellformed__atom__atom_namespace_4.xml
fp_wellformed__atom__feed_copyright_content_type.xml
fp_wellformed__atom__feed_info_content_mode_base64.xml
fp_wellformed__atom__feed_link_type.xml
fp_wellformed__atom__feed_tagline_inline_markup_2.xml
fp_wellformed__base__feed_tagline_xml_base.xml
fp_wellformed__base__feed_tagline_xml_base_inherit_4.xml
fp_wellformed__base__http_feed_contributor_url_base_content_location.xml
fp_wellformed__base__http_feed_copyright_inline_base_docuri.xml
fp_wellformed__base__http_feed_tagline_base64_base_content_location.xml
fp_wellformed__http__headers_content_location-relative.xml
fp_wellformed__http__headers_etag.xml
fp_wellformed__http__headers_last_modified-blank.xml
fp_wellformed__http__headers_last_modified-modified_parsed.xml
fp_wellformed__http__headers_no_etag.xml
fp_wellformed__lang__channel_language.xml
fp_wellformed__lang__feed_copyright_xml_lang_inherit_3.xml
fp_wellformed__lang__feed_info_xml_lang_inherit.xml
fp_wellformed__lang__feed_title_xml_lang.xml
fp_wellformed__lang__feed_title_xml_lang_inherit.xml
fp_wellformed__rdf__rdf_channel_description.xml
fp_wellformed__rdf__rdf_channel_title.xml
fp_wellformed__rdf__rss_version_10_not_default_ns.xml
fp_wellformed__rss__channel_author.xml
fp_wellformed__rss__channel_author_map_author_detail_email_3.xml
fp_wellformed__rss__channel_category.xml
fp_wellformed__rss__channel_dc_creator.xml
fp_wellformed__rss__channel_dc_title.xml
fp_wellformed__rss__channel_dcterms_issued.xml
fp_wellformed__rss__channel_dcterms_validity_end_parsed.xml
fp_wellformed__rss__channel_description_map_tagline.xml
fp_wellformed__rss__channel_image_link_bleed.xml
fp_wellformed__rss__channel_textInput_description.xml
fp_wellformed__rss__channel_textInput_title.xml
fp_wellformed__rss__channel_ttl.xml
fp_wellformed__rss__channel_webMaster_name.xml
fp_wellformed__rss__newlocation.xml
fp_wellformed__rss__rss_version_092.xml
fp_wellformed__sanitize__feed_copyright_onerror.xml
fp_wellformed__sanitize__feed_info_meta.xml
fp_wellformed__sanitize__feed_tagline_applet.xml
fp_wellformed__sanitize__feed_tagline_ondblclick.xml
fp_wellformed__sanitize__feed_title_onload.xml
"""
NOTHING_TO_READ = """
fp_illformed__geo__gml_point.xml
fp_wellformed__atom10__entry_author_map_author.xml
fp_wellformed__atom10__entry_authors_email.xml
fp_wellformed__atom10__entry_authors_uri.xml
fp_wellformed__atom10__entry_category_scheme.xml
fp_wellformed__atom10__entry_contributor_url.xml
fp_wellformed__atom10__entry_link_rel_license.xml
fp_wellformed__atom10__entry_rights_inline_markup.xml
fp_wellformed__atom10__entry_source_author_map_author_2.xml
fp_wellformed__atom10__entry_source_author_uri.xml
fp_wellformed__atom10__entry_source_generator_uri.xml
fp_wellformed__atom10__entry_source_id.xml
fp_wellformed__atom10__entry_source_link_no_rel.xml
fp_wellformed__atom10__entry_source_link_rel_other.xml
fp_wellformed__atom10__entry_source_rights.xml
fp_wellformed__atom10__entry_source_rights_text_plain.xml
fp_wellformed__atom10__entry_source_subtitle_content_type.xml
fp_wellformed__atom10__entry_source_subtitle_inline_markup_2.xml
fp_wellformed__atom10__entry_summary_base64_2.xml
fp_wellformed__atom__entry_created_multiple_values.xml
fp_wellformed__atom__entry_modified.xml
fp_wellformed__base__http_item_comments_base_content_location.xml
fp_wellformed__media-rss__item_media_category_multiple.xml
fp_wellformed__media-rss__item_media_category_scheme2.xml
fp_wellformed__namespace__atomxlink.xml
fp_wellformed__namespace__rss2.0svgtitle.xml
fp_wellformed__namespace__unknown-namespace.xml
fp_wellformed__rss__item_author_map_author_detail_email3.xml
fp_wellformed__rss__item_dc_author_map_author_detail_email.xml
fp_wellformed__rss__item_dcterms_created_parsed.xml
fp_wellformed__rss__item_source_url.xml
fp_wellformed__sanitize__acceptable_attribute_autocomplete.xml
fp_wellformed__sanitize__acceptable_attribute_gutter.xml
fp_wellformed__sanitize__acceptable_attribute_poster.xml
fp_wellformed__sanitize__acceptable_attribute_title.xml
fp_wellformed__sanitize__acceptable_element_audio.xml
fp_wellformed__sanitize__acceptable_element_tr.xml
fp_wellformed__sanitize__entry_content_onresize.xml
fp_wellformed__sanitize__entry_title_onload.xml
fp_wellformed__sanitize__item_content_encoded_onkeypress.xml
fp_wellformed__sanitize__item_description_onfocus.xml
fp_wellformed__sanitize__item_xhtml_body_onload.xml
granary_invalid_content_fields.feed.json
"""
"""One entry without id, link, title, text or file, or with a text that is none: set apart."""
MORE_MENTIONS = {
    "fp_json__example.json": 2,
    "fp_wellformed__node_precedence__atom10_id.xml": 2,
    "granary_feed_with_authors.rss.xml": 2,
    "miniflux_small_atom.xml": 20,
    "miniflux_large_rss.xml": 25,
    "miniflux_encoding_ISO-8859-1.xml": 40,
    "miniflux_rdf_UTF8.xml": 60,
}

EXPECTED = (
    dict.fromkeys(ONE_MENTION.split(), (1, 0))
    | dict.fromkeys(NO_ENTRY.split(), (0, 0))
    | dict.fromkeys(NOTHING_TO_READ.split(), (0, 1))
    | {name: (count, 0) for name, count in MORE_MENTIONS.items()}
)
"""Mentions and broken entries of each file."""


def test_every_recorded_feed_is_read_or_refused_with_a_reason(shared):
    paths = {path.name: path for path in (shared / "payloads" / "feeds").glob("*.*ml")}
    paths |= {path.name: path for path in (shared / "payloads" / "feeds").glob("*.json")}
    assert set(paths) == set(EXPECTED) | set(REFUSED)
    with feed_server() as server:
        for name, reason in REFUSED.items():
            with pytest.raises(BadAnswerError, match=reason) as caught:
                server.read(f"/{name}", paths[name])
            assert f"/{name}: not " in caught.value.message
        pages = {name: server.read(f"/{name}", paths[name]) for name in EXPECTED}
    assert {
        name: (len(page.mentions), len(page.broken)) for name, page in pages.items()
    } == EXPECTED
    for name, page in pages.items():
        assert all(broken.where.startswith(("entry[", "$.items[")) for broken in page.broken), name
        assert not any("<b>" in mention.text for mention in page.mentions if "base64" not in name)
        assert len({mention.external_id for mention in page.mentions}) == len(page.mentions), name


def test_whole_recorded_feeds_keep_their_letters_dates_and_links(shared):
    feeds = shared / "payloads" / "feeds"
    with feed_server() as server:
        latin = server.read("/1.xml", feeds / "miniflux_encoding_ISO-8859-1.xml").mentions
        rdf = server.read("/2.xml", feeds / "miniflux_rdf_UTF8.xml").mentions
        (alert,) = server.read("/3.xml", feeds / "google_alerts_en.xml").mentions
    assert not any("\ufffd" in mention.text or "Ã" in mention.text for mention in (*latin, *rdf))
    assert all(mention.created_at.year == 2018 for mention in latin)
    assert all(mention.url for mention in rdf)
    assert alert.url and alert.url.startswith("https://www.theconcordinsider.com/2021/06/04/")
    assert "Philip Dick, ..." in alert.text

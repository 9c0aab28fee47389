//! Markdown of the guide as HTML.
//!
//! One rule: links are written for the folder of the files, so that they work wherever the repository is shown, and are
//! changed here to the addresses of the service. Start with [`render`].

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// A page of Markdown as HTML.
pub(super) struct Rendered {
    /// Its title, from the heading of the first level.
    pub(super) title: String,
    /// Its headings of the second level.
    pub(super) headings: Vec<Heading>,
    /// What is below the title.
    pub(super) body: String,
}

/// A heading that can be linked to.
pub(super) struct Heading {
    /// Its anchor.
    pub(super) id: String,
    /// Its text.
    pub(super) text: String,
}

/// Renders a page.
pub(super) fn render(markdown: &str) -> Rendered {
    let mut page = Rendered {
        title: String::new(),
        headings: Vec::new(),
        body: String::new(),
    };
    let mut body = Vec::new();
    let mut events = Parser::new_ext(markdown, Options::ENABLE_TABLES);
    while let Some(event) = events.next() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let inner: Vec<Event<'_>> = events
                    .by_ref()
                    .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))))
                    .collect();
                page.add_heading(level, inner, &mut body);
            }
            event => body.extend(served(event)),
        }
    }
    html::push_html(&mut page.body, body.into_iter());
    // What is wider than the screen is scrolled, for which the keyboard must reach it.
    page.body = page.body.replace("<pre><code", "<pre tabindex=\"0\"><code");
    page
}

impl Rendered {
    fn add_heading<'a>(
        &mut self,
        level: HeadingLevel,
        inner: Vec<Event<'a>>,
        body: &mut Vec<Event<'a>>,
    ) {
        let text: String = inner.iter().filter_map(text).collect();
        if level == HeadingLevel::H1 {
            self.title = text;
            return;
        }
        let id = anchor(&text);
        body.push(Event::Start(Tag::Heading {
            level,
            id: Some(id.clone().into()),
            classes: Vec::new(),
            attrs: Vec::new(),
        }));
        body.extend(inner);
        body.push(Event::End(TagEnd::Heading(level)));
        if level == HeadingLevel::H2 {
            self.headings.push(Heading { id, text });
        }
    }
}

fn text<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        _ => None,
    }
}

/// The anchor that forges give to a heading: small letters, digits and hyphens.
fn anchor(heading: &str) -> String {
    let letters = heading.chars().filter_map(|letter| match letter {
        ' ' | '-' => Some('-'),
        letter if letter.is_alphanumeric() => Some(letter.to_ascii_lowercase()),
        _ => None,
    });
    letters.collect()
}

/// The event as the service serves it, with what goes around it.
fn served(event: Event<'_>) -> Vec<Event<'_>> {
    match event {
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) => vec![Event::Start(Tag::Link {
            link_type,
            dest_url: address(dest_url),
            title,
            id,
        })],
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            title,
            id,
        }) => vec![Event::Start(Tag::Image {
            link_type,
            dest_url: address(dest_url),
            title,
            id,
        })],
        Event::Start(Tag::Table(columns)) => vec![
            Event::Html("<div class=\"scroll\" tabindex=\"0\">".into()),
            Event::Start(Tag::Table(columns)),
        ],
        Event::End(TagEnd::Table) => {
            vec![Event::End(TagEnd::Table), Event::Html("</div>\n".into())]
        }
        event => vec![event],
    }
}

/// The address in the service of what a link of a page leads to.
fn address(link: CowStr<'_>) -> CowStr<'_> {
    if link.contains(':') || link.starts_with(['#', '/']) {
        return link;
    }
    let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
    let page = match file {
        "README.md" => "guide",
        file => file.strip_suffix(".md").unwrap_or(file),
    };
    let hash = if anchor.is_empty() { "" } else { "#" };
    format!("/docs/{page}{hash}{anchor}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_files_become_addresses_of_the_service() {
        for (link, expected) in [
            ("tour.md", "/docs/tour"),
            ("tour.md#the-whole-plan", "/docs/tour#the-whole-plan"),
            ("README.md", "/docs/guide"),
            ("plan.png", "/docs/plan.png"),
            ("#back-up", "#back-up"),
            ("https://example.org/a.md", "https://example.org/a.md"),
        ] {
            assert_eq!(&*address(link.into()), expected);
        }
    }

    #[test]
    fn headings_get_the_anchors_that_forges_give_them() {
        for (heading, expected) in [
            ("A reverse proxy with TLS", "a-reverse-proxy-with-tls"),
            ("Addresses: id and slug", "addresses-id-and-slug"),
            (
                "Without PostgreSQL's programs",
                "without-postgresqls-programs",
            ),
        ] {
            assert_eq!(anchor(heading), expected);
        }
    }

    #[test]
    fn a_page_has_its_title_its_headings_and_its_body() {
        let page = render(
            "# A & B\n\ntext\n\n## C `d`\n\n| a |\n|---|\n| b |\n\n```sh tour\nls <x>\n```\n",
        );
        assert_eq!(page.title, "A & B");
        let headings: Vec<_> = page.headings.iter().map(|heading| &heading.text).collect();
        assert_eq!(headings, ["C d"]);
        for part in [
            "<h2 id=\"c-d\">C <code>d</code></h2>",
            "<div class=\"scroll\" tabindex=\"0\"><table>",
            "<pre tabindex=\"0\"><code class=\"language-sh\">ls &lt;x&gt;\n",
        ] {
            assert!(page.body.contains(part), "{part}: {}", page.body);
        }
        assert!(
            !page.body.contains("A &amp; B"),
            "the title is not repeated"
        );
    }
}

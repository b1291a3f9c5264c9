//! The statements that stand in the sources, with what their macros put in.

use std::collections::HashMap;

/// Every statement.
pub(crate) fn statements() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let paths = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let sources: Vec<String> = paths.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let macros = Macros::of(&sources);
    let mut found = Vec::new();
    for source in &sources {
        let mut rest = source.as_str();
        while let Some(start) = next_expression(rest, &macros) {
            rest = &rest[start..];
            if let Some(body) = rest.strip_prefix("macro_rules!") {
                rest = &body[closing(body, body.find('{').unwrap())..];
                continue;
            }
            let end = if rest.starts_with('"') { closing_quote(rest) } else { closing(rest, rest.find('(').unwrap()) } + 1;
            found.push(macros.expanded(&rest[..end]));
            rest = &rest[end..];
        }
    }
    found.retain(|text| ["SELECT ", "INSERT ", "UPDATE ", "DELETE "].iter().any(|verb| text.starts_with(verb)));
    found
}

/// The lists of columns, and the statements that others are the ends of.
struct Macros {
    columns: HashMap<String, Vec<String>>,
    heads: HashMap<String, String>,
}

impl Macros {
    fn of(sources: &[String]) -> Self {
        let mut macros = Self { columns: HashMap::new(), heads: HashMap::new() };
        for source in sources {
            for arm in source.split("$(, $prefix:literal)?) => {").collect::<Vec<_>>().windows(2) {
                let name = arm[0].rsplit('(').next().unwrap().trim().to_owned();
                let list = arm[1].split_once("$($prefix)?]").unwrap().1.split_once(')').unwrap().0;
                macros.columns.insert(name, list.split_whitespace().map(str::to_owned).collect());
            }
            for head in source.split("macro_rules! ").skip(1).filter(|head| head.contains("($rest:literal)")) {
                let name = head.split_whitespace().next().unwrap().to_owned();
                let body = &head[head.find("concat!(").unwrap()..];
                macros.heads.insert(name, body[..=closing(body, 7)].to_owned());
            }
        }
        macros
    }

    fn expanded(&self, expression: &str) -> String {
        let expression = expression.trim();
        if let Some(literal) = expression.strip_prefix('"') {
            let mut lines = literal.trim_end_matches('"').split("\\\n");
            let first = lines.next().unwrap_or_default().to_owned();
            return lines.fold(first, |text, line| text + line.trim_start());
        }
        let (name, arguments) = expression.split_once("!(").unwrap_or_else(|| panic!("{expression}"));
        let arguments = parts(arguments.strip_suffix(')').unwrap());
        match name {
            "concat" => arguments.iter().map(|argument| self.expanded(argument)).collect(),
            "columns" => {
                let prefix = arguments.get(1).map_or_else(String::new, |prefix| self.expanded(prefix));
                let list = self.columns.get(arguments[0]).unwrap_or_else(|| panic!("{expression}"));
                list.iter().map(|column| format!("{prefix}{column}")).collect::<Vec<_>>().join(", ")
            }
            head => {
                let body = self.heads.get(head).unwrap_or_else(|| panic!("{expression}"));
                self.expanded(&body.replace("$rest", arguments[0]))
            }
        }
    }
}

/// Where the next text, macro that makes one, or definition of a macro begins.
fn next_expression(source: &str, macros: &Macros) -> Option<usize> {
    let mut starts = vec!["\"".to_owned(), "concat!(".to_owned(), "macro_rules!".to_owned()];
    starts.extend(macros.heads.keys().map(|name| format!("{name}!(")));
    starts.iter().filter_map(|start| source.find(start.as_str())).min()
}

/// Where the text that begins here ends.
fn closing_quote(source: &str) -> usize {
    let mut escaped = false;
    let end = source.char_indices().skip(1).find(|(_, c)| {
        let ends = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        ends
    });
    end.unwrap().0
}

/// Where the bracket closes that opens at a place.
fn closing(source: &str, open: usize) -> usize {
    let (mut depth, mut at) = (0, open);
    loop {
        match source.as_bytes()[at] {
            b'"' => at += closing_quote(&source[at..]),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
        at += 1;
    }
}

/// The arguments of a macro.
fn parts(arguments: &str) -> Vec<&str> {
    let (mut found, mut from, mut at) = (Vec::new(), 0, 0);
    while at < arguments.len() {
        match arguments.as_bytes()[at] {
            b'"' => at += closing_quote(&arguments[at..]),
            b'(' => at = closing(arguments, at),
            b',' => {
                found.push(arguments[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    found.push(arguments[from..].trim());
    found.retain(|part| !part.is_empty());
    found
}

//! Where the parts of a JSON text lie, without reading what is in them.
//!
//! A request of `policy simulate -requests` is mostly policies, and many requests have the same ones: their texts are
//! compared before they are read.

/// The entries of an object: each key, with the text of its value. `None` if the text is no object.
pub(super) fn entries(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut cursor = Cursor { text, place: 0 };
    let mut entries = Vec::new();
    cursor.expect(b'{')?;
    if cursor.accept(b'}') {
        return cursor.ends().then_some(entries);
    }
    loop {
        let key = cursor.value()?;
        let key = key.strip_prefix('"')?.strip_suffix('"')?;
        cursor.expect(b':')?;
        entries.push((key, cursor.value()?));
        if cursor.accept(b'}') {
            return cursor.ends().then_some(entries);
        }
        cursor.expect(b',')?;
    }
}

/// The texts of the elements of a list. `None` if the text is no list.
pub(super) fn elements(text: &str) -> Option<Vec<&str>> {
    let mut cursor = Cursor { text, place: 0 };
    let mut elements = Vec::new();
    cursor.expect(b'[')?;
    if cursor.accept(b']') {
        return cursor.ends().then_some(elements);
    }
    loop {
        elements.push(cursor.value()?);
        if cursor.accept(b']') {
            return cursor.ends().then_some(elements);
        }
        cursor.expect(b',')?;
    }
}

/// A policy's text, of whose elements many places are asked for.
pub(super) struct Places<'a> {
    text: &'a str,
    statements: Vec<&'a str>,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(end, _)| end + 1)).collect();
        let whole = entries(text).into_iter().flatten().find(|(key, _)| *key == "Statement");
        // A single statement may stand without a list.
        let statements = whole.map(|(_, value)| elements(value).unwrap_or_else(|| vec![value]));
        Self { text, statements: statements.unwrap_or_default(), lines }
    }

    /// Line and column, from 1, of an element of a policy: `Statement[0].Condition.Bool.aws:SecureTransport`; of the
    /// nearest that is there.
    pub(super) fn of(&self, path: &str) -> Option<(usize, usize)> {
        let (mut part, mut rest) = self.statement(path).unwrap_or((self.text.trim_start(), path));
        while !rest.is_empty() {
            let Some((inner, behind)) = step(part, rest) else { break };
            (part, rest) = (inner, behind);
        }
        let offset = (part.as_ptr() as usize).checked_sub(self.text.as_ptr() as usize)?;
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|line| self.lines.get(line))?;
        Some((line, self.text.get(*start..offset)?.chars().count() + 1))
    }

    /// The statement that a path begins with, and the rest of the path.
    fn statement<'p>(&self, path: &'p str) -> Option<(&'a str, &'p str)> {
        let (index, rest) = path.strip_prefix("Statement[")?.split_once(']')?;
        Some((self.statements.get(index.parse::<usize>().ok()?).copied()?, rest))
    }
}

/// One step down a path, and what is left of it. Keys may hold dots.
fn step<'a, 'p>(part: &'a str, path: &'p str) -> Option<(&'a str, &'p str)> {
    let path = path.strip_prefix('.').unwrap_or(path);
    if let Some(index) = path.strip_prefix('[') {
        let (index, rest) = index.split_once(']')?;
        let index: usize = index.parse().ok()?;
        // A single statement may stand without a list.
        return match elements(part) {
            Some(list) => Some((list.get(index).copied()?, rest)),
            None => (index == 0).then_some((part, rest)),
        };
    }
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with(['.', '[']);
    entries(part)?.into_iter().find_map(|(key, value)| {
        let rest = path.strip_prefix(key).filter(|rest| is_end(rest))?;
        Some((value, rest))
    })
}

struct Cursor<'a> {
    text: &'a str,
    place: usize,
}

impl<'a> Cursor<'a> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.place).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.byte(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.place += 1;
        }
    }

    fn accept(&mut self, wanted: u8) -> bool {
        self.skip_space();
        let is_there = self.byte() == Some(wanted);
        self.place += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        self.accept(wanted).then_some(())
    }

    fn ends(&mut self) -> bool {
        self.skip_space();
        self.place == self.text.len()
    }

    /// The text of the next value.
    fn value(&mut self) -> Option<&'a str> {
        self.skip_space();
        let start = self.place;
        match self.byte()? {
            b'"' => self.skip_string()?,
            b'{' | b'[' => self.skip_nested()?,
            b',' | b':' | b'}' | b']' => return None,
            _ => self.skip_scalar(),
        }
        self.text.get(start..self.place)
    }

    fn skip_string(&mut self) -> Option<()> {
        self.place += 1;
        loop {
            match self.byte()? {
                b'"' => {
                    self.place += 1;
                    return Some(());
                }
                b'\\' => self.place += 2,
                _ => self.place += 1,
            }
        }
    }

    fn skip_nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.byte()? {
                b'"' => {
                    self.skip_string()?;
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            self.place += 1;
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn skip_scalar(&mut self) {
        while !matches!(self.byte(), None | Some(b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n')) {
            self.place += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Places, elements, entries};

    #[test]
    fn parts_are_found_without_reading_them() {
        assert_eq!(
            entries(r#" {"a": "x}\"", "b":[1,{"c":"]"}] , "d" : null} "#),
            Some(vec![("a", r#""x}\"""#), ("b", r#"[1,{"c":"]"}]"#), ("d", "null")])
        );
        assert_eq!(entries("{}"), Some(vec![]));
        assert_eq!(elements(r#"[{"a":1}, [2], "3,"]"#), Some(vec![r#"{"a":1}"#, "[2]", r#""3,""#]));
        assert_eq!(elements(" [ ] "), Some(vec![]));
        for text in
            ["", "{", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1} x", "[1", "{\"a\":\"", "[]", "{a:1}"]
        {
            assert_eq!(entries(text), None, "{text}");
        }
    }

    #[test]
    fn elements_have_lines_and_columns() {
        let text =
            "{\n  \"Statement\": [\n    {\"Effect\": \"Allow\"},\n    {\"Action\": [\"a\",\n \"b\"]}]}";
        let place = |path: &str| Places::new(text).of(path);
        assert_eq!(place(""), Some((1, 1)));
        assert_eq!(place("Statement[1]"), Some((4, 5)));
        assert_eq!(place("Statement[1].Action"), Some((4, 16)));
        assert_eq!(place("Statement[1].Action[1]"), Some((5, 2)));
        assert_eq!(place("Statement[1].Resource"), Some((4, 5)));
        assert_eq!(Places::new("{\"Statement\": {\"Sid\": \"a\"}}").of("Statement[0].Sid"), Some((1, 23)));
    }
}

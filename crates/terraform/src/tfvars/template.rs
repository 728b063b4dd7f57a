//! Quoted strings and heredocs with interpolations and directives.

use hcl_edit::expr::Expression;
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip};
use serde_json::Value;

use super::evaluate::Evaluator;
use crate::types::conversion;

/// A piece of a template's text, or a strip marker beside one.
enum Piece {
    /// Written out in the source; strip markers reach into it.
    Literal(String),
    /// The value of an interpolation.
    Value(String),
    /// `~}`: white space of the literal that follows goes.
    StripAfter,
    /// `{~`: white space of the literal before goes.
    StripBefore,
}

impl Evaluator<'_> {
    /// The value of a template: a lone interpolation gives its own value, all else gives text.
    pub(super) fn template(
        &mut self,
        elements: &[&Element],
        by_line: bool,
        whole: &Expression,
    ) -> Option<Value> {
        if let [Element::Interpolation(lone)] = elements {
            return self.value(&lone.expr);
        }
        let mut pieces = Vec::new();
        self.pieces(elements.iter().copied(), &mut pieces)?;
        let text = joined(pieces, by_line);
        self.spend(text.len(), whole)?;
        Some(Value::String(text))
    }

    pub(super) fn heredoc(&mut self, heredoc: &HeredocTemplate, whole: &Expression) -> Option<Value> {
        // A flush heredoc was masked to start one byte later.
        let is_flush =
            self.span(whole).start.checked_sub(1).is_some_and(|start| self.extent.flush.contains(&start));
        if !is_flush {
            let elements: Vec<_> = heredoc.template.iter().collect();
            return self.template(&elements, true, whole);
        }
        let unindented = unindented(heredoc);
        let elements: Vec<_> = unindented.iter().collect();
        self.template(&elements, true, whole)
    }

    fn pieces<'e>(
        &mut self,
        elements: impl Iterator<Item = &'e Element>,
        pieces: &mut Vec<Piece>,
    ) -> Option<()> {
        let mut sound = true;
        for element in elements {
            let added = match element {
                Element::Literal(text) => {
                    pieces.push(Piece::Literal(text.value().clone()));
                    Some(())
                }
                Element::Interpolation(interpolation) => {
                    let text = self.interpolated(&interpolation.expr);
                    text.map(|text| stripped(interpolation.strip, Some(Piece::Value(text)), pieces))
                }
                Element::Directive(directive) => self.directive(directive, pieces),
            };
            sound &= added.is_some();
        }
        sound.then_some(())
    }

    fn interpolated(&mut self, expression: &Expression) -> Option<String> {
        let span = self.span(expression);
        let value = self.value(expression)?;
        let text = conversion::scalar_text(&value);
        let Some(text) = text else {
            let detail = if value.is_null() {
                "The expression result is null. Cannot include a null value in a string template."
            } else {
                "Cannot include the given value in a string template: string required."
            };
            return self.fail(span, "Invalid template interpolation value", detail);
        };
        self.spend(text.len(), expression)?;
        Some(text)
    }

    fn directive(&mut self, directive: &Directive, pieces: &mut Vec<Piece>) -> Option<()> {
        match directive {
            Directive::If(directive) => {
                let condition = &directive.if_expr.cond_expr;
                let span = self.span(condition);
                let value = self.value(condition)?;
                let Some(chosen) = conversion::to_bool(&value) else {
                    return self.fail(
                        span,
                        "Incorrect condition type",
                        "The condition expression must be of type bool.",
                    );
                };
                // A branch not taken leaves its strip markers behind.
                let mut branches = vec![(directive.if_expr.strip, &directive.if_expr.template, chosen)];
                if let Some(other) = &directive.else_expr {
                    branches.push((other.strip, &other.template, !chosen));
                }
                for (strip, template, taken) in branches {
                    stripped(strip, None, pieces);
                    if taken {
                        self.pieces(template.iter(), pieces)?;
                    }
                }
                stripped(directive.endif_expr.strip, None, pieces);
                Some(())
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                let elements = self.elements(&intro.collection_expr)?;
                let key_name = intro.key_var.as_ref().map(|name| name.as_str());
                let names = (key_name, intro.value_var.as_str());
                for element in elements {
                    self.spend(0, &intro.collection_expr)?;
                    stripped(intro.strip, None, pieces);
                    self.with_element(names, element, |this| this.pieces(intro.template.iter(), pieces))?;
                    stripped(directive.endfor_expr.strip, None, pieces);
                }
                Some(())
            }
        }
    }
}

/// Adds a sequence's content between the strip markers that it has.
fn stripped(strip: Strip, content: Option<Piece>, pieces: &mut Vec<Piece>) {
    if strip.strip_start() {
        pieces.push(Piece::StripBefore);
    }
    pieces.extend(content);
    if strip.strip_end() {
        pieces.push(Piece::StripAfter);
    }
}

/// Joins the pieces; in a heredoc (`by_line`) a strip marker reaches no further than its line.
fn joined(pieces: Vec<Piece>, by_line: bool) -> String {
    let mut text = String::new();
    let mut strip_next = false;
    let mut literal_start = None;
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => {
                let literal = if std::mem::take(&mut strip_next) {
                    let line = match literal.find('\n') {
                        Some(end) if by_line => end + 1,
                        _ => literal.len(),
                    };
                    let (line, rest) = literal.split_at_checked(line).unwrap_or((&literal, ""));
                    format!("{}{rest}", line.trim_start())
                } else {
                    literal
                };
                literal_start = Some(text.len());
                text.push_str(&literal);
            }
            Piece::Value(value) => {
                text.push_str(&value);
                (literal_start, strip_next) = (None, false);
            }
            Piece::StripBefore => {
                if let Some(start) = literal_start.take() {
                    strip_end(&mut text, start, by_line);
                }
            }
            Piece::StripAfter => strip_next = true,
        }
    }
    text
}

/// Drops the white space at the end of `text` as far back as `start`, or as the line reaches.
fn strip_end(text: &mut String, start: usize, by_line: bool) {
    let literal = text.get(start..).unwrap_or_default();
    let line = match literal.strip_suffix('\n').unwrap_or(literal).rfind('\n') {
        Some(end) if by_line => end + 1,
        _ => 0,
    };
    let kept = literal.get(line..).unwrap_or_default().trim_end().len();
    text.truncate(start + line + kept);
}

/// The elements of a flush heredoc without the indentation that its lines share.
fn unindented(heredoc: &HeredocTemplate) -> Vec<Element> {
    let elements: Vec<Element> = heredoc.template.iter().cloned().collect();
    let is_blank = |character: char| character == ' ' || character == '\t';
    let indent_of = |line: &str| line.len() - line.trim_start_matches(is_blank).len();
    let mut shared = usize::MAX;
    let mut at_line_start = true;
    for element in &elements {
        let Element::Literal(text) = element else {
            if at_line_start {
                shared = 0;
            }
            at_line_start = false;
            continue;
        };
        for line in text.split_inclusive('\n') {
            let is_empty = line.ends_with('\n') && line.trim().is_empty();
            if at_line_start && !is_empty {
                shared = shared.min(indent_of(line));
            }
            at_line_start = line.ends_with('\n');
        }
    }
    let mut at_line_start = true;
    elements
        .into_iter()
        .map(|element| {
            let Element::Literal(text) = element else {
                at_line_start = false;
                return element;
            };
            let mut cut = String::new();
            for line in text.split_inclusive('\n') {
                let is_empty = line.ends_with('\n') && line.trim().is_empty();
                let drop = if at_line_start && !is_empty { shared.min(indent_of(line)) } else { 0 };
                cut.push_str(line.get(drop..).unwrap_or_default());
                at_line_start = line.ends_with('\n');
            }
            Element::Literal(cut.into())
        })
        .collect()
}

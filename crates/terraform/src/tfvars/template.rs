//! Quoted strings and heredocs with interpolations and directives.

use hcl_edit::expr::Expression;
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip};
use serde_json::Value;

use super::evaluate::Evaluator;
use crate::types::conversion;

impl Evaluator<'_> {
    /// The value of a quoted template: a lone interpolation gives its own value, all else gives text.
    pub(super) fn quoted(&mut self, mut elements: Vec<Element>, whole: &Expression) -> Option<Value> {
        let mut tokens = Vec::new();
        flatten(elements.iter_mut(), &mut tokens);
        strip(&mut tokens, false);
        self.template(&elements, whole)
    }

    /// The value of a heredoc.
    pub(super) fn heredoc(&mut self, heredoc: &HeredocTemplate, whole: &Expression) -> Option<Value> {
        // A flush heredoc was masked to start one byte later.
        let start = self.span(whole).start.checked_sub(1);
        let is_flush = start.is_some_and(|start| self.extent.flush.contains(&start));
        let mut elements: Vec<Element> = heredoc.template.iter().cloned().collect();
        let mut tokens = Vec::new();
        flatten(elements.iter_mut(), &mut tokens);
        strip(&mut tokens, true);
        if is_flush {
            unindent(&mut tokens);
        }
        self.template(&elements, whole)
    }

    fn template(&mut self, elements: &[Element], whole: &Expression) -> Option<Value> {
        if let [Element::Interpolation(lone)] = elements {
            return self.value(&lone.expr);
        }
        let mut text = String::new();
        self.append(elements.iter(), &mut text)?;
        self.spend(text.len(), whole)?;
        Some(Value::String(text))
    }

    fn append<'e>(&mut self, elements: impl Iterator<Item = &'e Element>, text: &mut String) -> Option<()> {
        let mut sound = true;
        for element in elements {
            let added = match element {
                Element::Literal(literal) => {
                    text.push_str(literal);
                    Some(())
                }
                Element::Interpolation(interpolation) => {
                    self.interpolated(&interpolation.expr).map(|value| text.push_str(&value))
                }
                Element::Directive(directive) => self.directive(directive, text),
            };
            sound &= added.is_some();
        }
        sound.then_some(())
    }

    fn interpolated(&mut self, expression: &Expression) -> Option<String> {
        let span = self.span(expression);
        let value = self.value(expression)?;
        let Some(text) = conversion::scalar_text(&value) else {
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

    fn directive(&mut self, directive: &Directive, text: &mut String) -> Option<()> {
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
                match (&directive.else_expr, chosen) {
                    (_, true) => self.append(directive.if_expr.template.iter(), text),
                    (Some(other), false) => self.append(other.template.iter(), text),
                    (None, false) => Some(()),
                }
            }
            Directive::For(directive) => {
                let intro = &directive.for_expr;
                let elements = self.elements(&intro.collection_expr)?;
                let key_name = intro.key_var.as_ref().map(|name| name.as_str());
                let names = (key_name, intro.value_var.as_str());
                for element in elements {
                    let before = text.len();
                    self.with_element(names, element, |this| this.append(intro.template.iter(), text))?;
                    self.spend(text.len() - before, &intro.collection_expr)?;
                }
                Some(())
            }
        }
    }
}

/// A template as it is written, directives opened up.
enum Token<'t> {
    /// Text.
    Literal(&'t mut String),
    /// `${ … }` or one `%{ … }` of a directive.
    Sequence(Strip),
}

fn flatten<'t>(elements: impl Iterator<Item = &'t mut Element>, tokens: &mut Vec<Token<'t>>) {
    for element in elements {
        match element {
            Element::Literal(text) => tokens.push(Token::Literal(text)),
            Element::Interpolation(interpolation) => tokens.push(Token::Sequence(interpolation.strip)),
            Element::Directive(directive) => match &mut **directive {
                Directive::If(directive) => {
                    tokens.push(Token::Sequence(directive.if_expr.strip));
                    flatten(directive.if_expr.template.iter_mut(), tokens);
                    if let Some(other) = &mut directive.else_expr {
                        tokens.push(Token::Sequence(other.strip));
                        flatten(other.template.iter_mut(), tokens);
                    }
                    tokens.push(Token::Sequence(directive.endif_expr.strip));
                }
                Directive::For(directive) => {
                    tokens.push(Token::Sequence(directive.for_expr.strip));
                    flatten(directive.for_expr.template.iter_mut(), tokens);
                    tokens.push(Token::Sequence(directive.endfor_expr.strip));
                }
            },
        }
    }
}

/// Drops the white space that strip markers reach; in a heredoc (`by_line`) no further than the line.
fn strip(tokens: &mut [Token<'_>], by_line: bool) {
    let strips: Vec<Strip> = tokens
        .iter()
        .map(|token| match token {
            Token::Literal(_) => Strip::None,
            Token::Sequence(strip) => *strip,
        })
        .collect();
    for (index, token) in tokens.iter_mut().enumerate() {
        let Token::Literal(text) = token else {
            continue;
        };
        let before = index.checked_sub(1).and_then(|index| strips.get(index));
        if before.is_some_and(|strip| strip.strip_end()) {
            let line = text.find('\n').filter(|_| by_line).map_or(text.len(), |end| end + 1);
            let (line, rest) = text.split_at_checked(line).unwrap_or((text, ""));
            **text = format!("{}{rest}", line.trim_start());
        }
        if strips.get(index + 1).is_some_and(|strip| strip.strip_start()) {
            let inner = text.strip_suffix('\n').unwrap_or(text);
            let line = inner.rfind('\n').filter(|_| by_line).map_or(0, |end| end + 1);
            let kept = text.get(line..).unwrap_or_default().trim_end().len();
            text.truncate(line + kept);
        }
    }
}

/// Drops the indentation that the lines of a flush heredoc share; lines of white space do not count.
fn unindent(tokens: &mut [Token<'_>]) {
    let mut shared = usize::MAX;
    each_line(tokens, |line| {
        shared = shared.min(line.map_or(0, indentation));
        0
    });
    each_line(tokens, |line| shared.min(line.map_or(0, indentation)));
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// Shows `visit` the start of every line, `None` for one that starts with a sequence, and drops as many bytes
/// from it as `visit` says.
fn each_line(tokens: &mut [Token<'_>], mut visit: impl FnMut(Option<&str>) -> usize) {
    let mut at_line_start = true;
    for token in tokens {
        match token {
            Token::Sequence(_) => {
                if at_line_start {
                    visit(None);
                }
                at_line_start = false;
            }
            Token::Literal(text) => {
                let mut kept = String::with_capacity(text.len());
                for line in text.split_inclusive('\n') {
                    let is_blank = line.ends_with('\n') && line.trim().is_empty();
                    let drop = if at_line_start && !is_blank { visit(Some(line)) } else { 0 };
                    kept.push_str(line.get(drop..).unwrap_or_default());
                    at_line_start = line.ends_with('\n');
                }
                **text = kept;
            }
        }
    }
}

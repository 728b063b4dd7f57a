//! How many steps go on at once.

/// How many steps there may be at once, and how many there are.
pub(super) struct Places {
    all: usize,
    /// Steps that others wait for.
    waited_for: usize,
    /// Steps that nobody waits for.
    last: usize,
}

impl Places {
    pub(super) fn of(parallelism: usize) -> Self {
        Self { all: parallelism.max(1), waited_for: 0, last: 0 }
    }

    /// While something goes on that others wait for, what nobody waits for has a third of the places: otherwise it would be in the
    /// way of what comes next.
    pub(super) fn has_one_for(&self, is_waited_for: bool) -> bool {
        let spare = is_waited_for || self.waited_for == 0 || self.last < (self.all / 3).max(1);
        spare && self.waited_for + self.last < self.all
    }

    fn of_kind(&mut self, is_waited_for: bool) -> &mut usize {
        if is_waited_for { &mut self.waited_for } else { &mut self.last }
    }

    pub(super) fn take(&mut self, is_waited_for: bool) {
        *self.of_kind(is_waited_for) += 1;
    }

    pub(super) fn give(&mut self, is_waited_for: bool) {
        let places = self.of_kind(is_waited_for);
        *places = places.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_waits_for_has_a_third_while_others_are_waited_for() {
        let mut places = Places::of(10);
        let begun = |places: &mut Places, is_waited_for| {
            let mut begun = 0;
            while places.has_one_for(is_waited_for) {
                places.take(is_waited_for);
                begun += 1;
            }
            begun
        };
        assert_eq!(begun(&mut places, false), 10, "nobody is in the way of nobody");
        (0..9).for_each(|_| places.give(false));
        places.take(true);
        assert_eq!(begun(&mut places, false), 2);
        assert_eq!(begun(&mut places, true), 6);
        assert!(!places.has_one_for(false));
        let mut one = Places::of(0);
        assert_eq!(begun(&mut one, false), 1);
    }
}

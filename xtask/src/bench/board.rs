//! The figures of a contest, and whether they reach their goals.
//!
//! A ratio is taken inside each round, and the median of the rounds counts:
//! disks and neighbours differ from minute to minute, and only what ran side
//! by side can be compared.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The name under which our own figures stand.
pub(crate) const OURS: &str = "ours";

/// One thing that is measured of several variants.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    /// A case without a goal is reported only.
    pub(crate) goals: Vec<Goal>,
}

/// What a case has to reach.
#[derive(Clone, Debug)]
pub(crate) struct Goal {
    pub(crate) id: &'static str,
    /// The best of these variants is the yardstick; with none, `reach` is a
    /// figure in the unit of the case and not a ratio.
    pub(crate) against: Vec<&'static str>,
    pub(crate) reach: Reach,
}

/// In which direction better lies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reach {
    AtLeast(f64),
    AtMost(f64),
}

impl Case {
    pub(crate) fn new(name: impl Into<String>, unit: &'static str) -> Self {
        Self { name: name.into(), unit, goals: Vec::new() }
    }

    /// Adds a goal against the best of `against`.
    pub(crate) fn goal(mut self, id: &'static str, against: &[&'static str], reach: Reach) -> Self {
        self.goals.push(Goal { id, against: against.to_vec(), reach });
        self
    }
}

/// Figures by case, variant and round.
pub(crate) struct Board {
    cases: Vec<Case>,
    figures: BTreeMap<(String, String), Vec<f64>>,
}

impl Board {
    pub(crate) fn new(cases: Vec<Case>) -> Self {
        Self { cases, figures: BTreeMap::new() }
    }

    /// Notes the figure of a variant in this round.
    pub(crate) fn note(&mut self, case: &str, variant: &str, figure: f64) {
        assert!(self.cases.iter().any(|known| known.name == case), "no case {case}");
        self.figures.entry((case.into(), variant.into())).or_default().push(figure);
    }

    /// What was noted last of a variant.
    pub(crate) fn last(&self, case: &str, variant: &str) -> Option<f64> {
        self.figures.get(&(case.to_owned(), variant.to_owned()))?.last().copied()
    }

    /// Every goal in the form of the record, and every case without one.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.results().iter().map(Outcome::json).collect()
    }

    /// Every figure of every round.
    pub(crate) fn rounds(&self) -> Value {
        let rows = self.figures.iter().map(|((case, variant), figures)| {
            json!({ "case": case, "variant": variant, "figures": figures })
        });
        rows.collect()
    }

    pub(crate) fn has_missed(&self) -> bool {
        self.results().iter().any(|result| result.pass == Some(false))
    }

    /// The table for people.
    pub(crate) fn table(&self) -> String {
        let head = ["case", "goal", "ours", "others", "unit", "ratio", "reach", "pass", "spread"];
        let mut rows = vec![head.map(str::to_owned)];
        rows.extend(self.results().iter().map(Outcome::row));
        let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
        let widths: Vec<_> = (0..head.len()).map(width).collect();
        let mut table = String::new();
        for (number, row) in rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
            table += &format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "));
            if number == 0 {
                let lines = widths.iter().map(|width| "-".repeat(*width));
                table += &format!("| {} |\n", lines.collect::<Vec<_>>().join(" | "));
            }
        }
        table
    }

    fn results(&self) -> Vec<Outcome<'_>> {
        let mut results = Vec::new();
        for case in &self.cases {
            let goals = case.goals.iter().map(Some).chain(case.goals.is_empty().then_some(None));
            results.extend(goals.filter_map(|goal| self.judge(case, goal)));
        }
        results
    }

    /// None when the case was not run.
    fn judge<'a>(&'a self, case: &'a Case, goal: Option<&'a Goal>) -> Option<Outcome<'a>> {
        let of = |variant: &str| self.figures.get(&(case.name.clone(), variant.to_owned()));
        let ours = of(OURS)?;
        let all = self.figures.iter().filter(|((name, who), _)| *name == case.name && who != OURS);
        let others = all.map(|((_, who), figures)| (who.as_str(), median(figures))).collect();
        let mut result = Outcome {
            case,
            goal,
            ours: median(ours),
            others,
            ratios: Vec::new(),
            runs: ours.len(),
            pass: None,
        };
        let Some(goal) = goal else { return Some(result) };
        let yardsticks: Vec<_> = goal.against.iter().filter_map(|variant| of(variant)).collect();
        for (round, figure) in ours.iter().enumerate() {
            let seen = yardsticks.iter().filter_map(|figures| figures.get(round).copied());
            let best = match goal.reach {
                Reach::AtLeast(_) => seen.reduce(f64::max),
                Reach::AtMost(_) => seen.reduce(f64::min),
            };
            result.ratios.extend(best.map(|best| figure / best));
        }
        let judged = match (goal.against.is_empty(), result.ratios.is_empty()) {
            (true, _) => Some(result.ours),
            (false, false) => Some(median(&result.ratios)),
            // A yardstick that was not measured proves nothing.
            (false, true) => None,
        };
        result.pass = Some(judged.is_some_and(|figure| match goal.reach {
            Reach::AtLeast(reach) => figure >= reach,
            Reach::AtMost(reach) => figure <= reach,
        }));
        Some(result)
    }
}

/// What came of one goal of a case.
struct Outcome<'a> {
    case: &'a Case,
    goal: Option<&'a Goal>,
    ours: f64,
    others: BTreeMap<&'a str, f64>,
    /// Of each round.
    ratios: Vec<f64>,
    runs: usize,
    pass: Option<bool>,
}

impl Outcome<'_> {
    fn ratio(&self) -> Option<f64> {
        (!self.ratios.is_empty()).then(|| median(&self.ratios))
    }

    fn spread(&self) -> Option<(f64, f64)> {
        let low = self.ratios.iter().copied().reduce(f64::min)?;
        Some((low, self.ratios.iter().copied().reduce(f64::max)?))
    }

    fn reach(&self) -> Option<f64> {
        self.goal.map(|goal| match goal.reach {
            Reach::AtLeast(reach) | Reach::AtMost(reach) => reach,
        })
    }

    fn json(&self) -> Value {
        let spread = self.spread().map(|(low, high)| [round(low), round(high)]);
        json!({
            "case": self.case.name,
            "goal": self.goal.map(|goal| goal.id),
            "ours": round(self.ours),
            "other": self.others.iter().map(|(who, figure)| (*who, round(*figure))).collect::<BTreeMap<_, _>>(),
            "unit": self.case.unit,
            "ratio": self.ratio().map(round),
            "reach": self.reach(),
            "pass": self.pass,
            "runs": self.runs,
            "spread": spread,
        })
    }

    fn row(&self) -> [String; 9] {
        let others = self.others.iter().map(|(who, figure)| format!("{who} {}", short(*figure)));
        let sign = match self.goal.map(|goal| goal.reach) {
            Some(Reach::AtLeast(_)) => "≥ ",
            Some(Reach::AtMost(_)) => "≤ ",
            None => "",
        };
        let pass = match self.pass {
            Some(true) => "yes",
            Some(false) => "NO",
            None => "",
        };
        let spread = self.spread().map(|(low, high)| format!("{}–{}", short(low), short(high)));
        [
            self.case.name.clone(),
            self.goal.map_or("", |goal| goal.id).to_owned(),
            short(self.ours),
            others.collect::<Vec<_>>().join(", "),
            self.case.unit.to_owned(),
            self.ratio().map(short).unwrap_or_default(),
            self.reach().map(|reach| format!("{sign}{reach}")).unwrap_or_default(),
            pass.to_owned(),
            spread.unwrap_or_default(),
        ]
    }
}

/// The middle figure; of an even number, the mean of the two in the middle.
pub(crate) fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => f64::NAN,
        count if count % 2 == 1 => sorted[middle],
        _ => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

fn round(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

fn short(figure: f64) -> String {
    if figure.abs() >= 100.0 { format!("{figure:.0}") } else { format!("{figure:.2}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn board(goal: Reach, against: &[&'static str]) -> Board {
        let mut board = Board::new(vec![Case::new("sends", "1/s").goal("G9", against, goal)]);
        for (ours, log) in [(10.0, 20.0), (100.0, 400.0), (30.0, 40.0)] {
            board.note("sends", OURS, ours);
            board.note("sends", "log", log);
        }
        board
    }

    #[test]
    fn a_ratio_is_of_one_round_and_the_median_counts() {
        let board = board(Reach::AtLeast(0.5), &["log"]);
        let result = &board.json()[0];
        assert_eq!((&result["ratio"], &result["pass"]), (&json!(0.5), &json!(true)));
        assert_eq!(result["spread"], json!([0.25, 0.75]));
        assert_eq!((&result["ours"], &result["other"]), (&json!(30.0), &json!({ "log": 40.0 })));
        assert!(!board.has_missed());
    }

    #[test]
    fn a_missed_goal_and_an_unmeasured_yardstick_do_not_pass() {
        assert!(board(Reach::AtLeast(0.51), &["log"]).has_missed());
        assert!(board(Reach::AtMost(0.49), &["log"]).has_missed());
        assert!(board(Reach::AtLeast(0.1), &["node"]).has_missed());
    }

    #[test]
    fn without_a_yardstick_the_figure_itself_is_judged() {
        assert!(!board(Reach::AtMost(30.0), &[]).has_missed());
        assert!(board(Reach::AtMost(29.0), &[]).has_missed());
    }
}

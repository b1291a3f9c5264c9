//! Roman numerals.

/// The value of a Roman numeral written in capitals, if it is one and is written as it should be.
pub(super) fn value(text: &str) -> Option<u64> {
    let worth = |c: char| match c {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        'C' => Some(100),
        'D' => Some(500),
        'M' => Some(1000),
        _ => None,
    };
    let values: Vec<u64> = text.chars().map(worth).collect::<Option<_>>()?;
    let sum = |at: usize| if values.get(at + 1).is_some_and(|next| *next > values[at]) { -(values[at] as i64) } else { values[at] as i64 };
    let total = u64::try_from((0..values.len()).map(sum).sum::<i64>()).ok().filter(|total| (1..4000).contains(total))?;
    (numeral(total) == text).then_some(total)
}

fn numeral(mut number: u64) -> String {
    let parts = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut text = String::new();
    for (size, name) in parts {
        while number >= size {
            text.push_str(name);
            number -= size;
        }
    }
    text
}

/// The number that one character is: Ⅳ, ④, ㈣.
pub(super) fn single(c: char) -> Option<u64> {
    let base = match c {
        'Ⅰ'..='Ⅻ' => 'Ⅰ',
        'ⅰ'..='ⅻ' => 'ⅰ',
        '①'..='⑳' => '①',
        '⑴'..='⒇' => '⑴',
        '⒈'..='⒛' => '⒈',
        '❶'..='❿' => '❶',
        '㈠'..='㈩' => '㈠',
        _ => return None,
    };
    Some(u64::from(c as u32 - base as u32) + 1)
}

/// A fraction that is one character, as numerator and denominator.
pub(super) fn fraction(c: char) -> Option<(u64, u64)> {
    Some(match c {
        '½' => (1, 2),
        '⅓' => (1, 3),
        '⅔' => (2, 3),
        '¼' => (1, 4),
        '¾' => (3, 4),
        '⅕' => (1, 5),
        '⅛' => (1, 8),
        _ => return None,
    })
}

//! Readings of characters that have several, measured on sentences written for it: "sentence, character, reading of its first
//! occurrence".

use storyboard::speech::pinyin;

/// How many of a hundred must be right.
const BOUND: usize = 97;

#[test]
fn characters_of_several_readings_are_read_by_their_phrases() {
    let (mut right, mut all, mut wrong) = (0, 0, Vec::new());
    for line in include_str!("sentences.txt").lines() {
        let [sentence, character, expected] = line.split('\t').collect::<Vec<_>>().try_into().expect("three columns");
        let han: String = sentence.chars().filter(|c| c.is_alphabetic()).collect();
        let at = han.chars().position(|c| character.starts_with(c)).expect("the character is in its sentence");
        // A line is read stop by stop, as it is spoken.
        let read: Vec<String> = sentence.split(|c: char| !c.is_alphabetic()).filter(|part| !part.is_empty()).map(pinyin::read).collect();
        let read = read.join(" ");
        let heard = read.split(' ').nth(at).unwrap_or_default();
        all += 1;
        if heard == expected {
            right += 1;
        } else {
            wrong.push(format!("{sentence} {character} is {expected}, read {heard}"));
        }
    }
    println!("{right} of {all}");
    assert!(all >= 500, "{all} sentences");
    assert!(right * 100 >= all * BOUND, "{right} of {all} right\n{}", wrong.join("\n"));
}

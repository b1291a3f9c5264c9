//! What packages carry beside the binary: completions of shells and the manual page, both made from the commands themselves.

use clap::CommandFactory;

use super::print_all;

/// Prints the completions of a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> anyhow::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut crate::Arguments::command(), "gongfang", &mut text);
    print_all(String::from_utf8(text)?.trim_end());
    Ok(())
}

/// Prints the manual page: the program, and behind it a section for each command.
pub(crate) fn manual() -> anyhow::Result<()> {
    let program = crate::Arguments::command();
    let mut page = Vec::new();
    clap_mangen::Man::new(program.clone()).render(&mut page)?;
    let mut text = String::from_utf8(page)?;
    for command in program.get_subcommands().filter(|command| !command.is_hide_set()) {
        section(&mut text, command, "gongfang")?;
    }
    print_all(text.trim_end());
    Ok(())
}

fn section(text: &mut String, command: &clap::Command, above: &str) -> anyhow::Result<()> {
    let name = format!("{above} {}", command.get_name());
    text.push_str(&format!(".SH \"{}\"\n", name.to_uppercase()));
    let page = clap_mangen::Man::new(command.clone().disable_help_flag(true).disable_help_subcommand(true));
    let mut part = Vec::new();
    page.render_description_section(&mut part)?;
    if command.get_arguments().next().is_some() {
        page.render_options_section(&mut part)?;
    }
    text.push_str(&String::from_utf8(part)?.replace(".SH DESCRIPTION\n", "").replace(".SH OPTIONS\n", ""));
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        section(text, inner, &name)?;
    }
    Ok(())
}

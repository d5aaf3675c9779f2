//! A request and a denial, by keys and by pasting.

use crate::terminal::Terminal;

const TEMPLATE: &str = "tests/fixtures/templates/codepipeline_service_role.json";
const ROLE: &str = "AWSCodePipelineServiceRole-eu-west-2-MyFirstPipeline";

fn leave(mut terminal: Terminal) {
    terminal.send("\x03");
    assert_eq!(terminal.end(), 0, "{}", terminal.text());
    terminal.assert_clean();
}

#[test]
fn a_request_is_simulated_by_keys() {
    let mut terminal = Terminal::start(&[TEMPLATE]);
    terminal.wait_for("AWSCodePipelineServiceRole");
    terminal.send("/UpdateService\r");
    terminal.wait_for("1 match for UpdateService");
    terminal.send("s");
    // The resource is what the selection does not say: it is typed first, then another action.
    terminal.wait_for("on which resource?");
    terminal.send("arn:aws:ecs:us-east-1:123456789012:service/web/web");
    terminal.wait_for("✓ Allowed: ecs:UpdateService");
    terminal.send("\x1b[Z\x15ecs:TagResource");
    terminal.wait_for("∅ Denied: no identity-based policy allows ecs:TagResource");
    leave(terminal);
}

#[test]
fn a_pasted_denial_is_answered() {
    let mut terminal = Terminal::start(&[TEMPLATE]);
    terminal.wait_for("AWSCodePipelineServiceRole");
    terminal.send("p");
    terminal.wait_for("Paste an AccessDenied message");
    // As a terminal sends what is pasted (bracketed), over two lines as a log breaks it.
    terminal.send(format!(
        "\x1b[200~User: arn:aws:sts::123456789012:assumed-role/{ROLE}/1 is not authorized to perform: \
         ecs:TagResource on resource: arn:aws:ecs:eu-west-2:123456789012:task-definition/web:3 \
         because no identity-based policy\r\nallows the ecs:TagResource action\x1b[201~"
    ));
    terminal.wait_for("∅ Denied: no identity-based policy allows ecs:TagResource");
    terminal.wait_for("our evaluation agrees");
    // The template is taken to be in the region and account of the message.
    terminal.wait_for("role/service-role/");
    leave(terminal);
}

#[test]
fn who_may_assume_a_role_is_asked_from_its_trust_policy() {
    let mut terminal = Terminal::start(&["tests/fixtures/templates/gitpod_oidc.yml"]);
    terminal.wait_for("gitpod-automation");
    terminal.send("/gitpod-developer\r");
    terminal.wait_for("Roles › gitpod-developer");
    terminal.send("\x1b");
    terminal.wait_for("┌ Roles 2");
    terminal.send("ll");
    terminal.wait_for("gitpod-developer › trust");
    terminal.send("s");
    terminal.wait_for("sts:AssumeRoleWithWebIdentity");
    // Whose token it is decides.
    terminal.wait_for("? Depends");
    leave(terminal);
}

"""What happens when the addon leaves."""

ACTIVITY_TYPES = ("escalation", "reply", "alarm")


def uninstall_hook(env):
    """Keep the notes with their PDFs, and leave nothing else behind."""
    _hand_over_files(env)
    _delete_activities(env)
    _forget_names(env)


def _hand_over_files(env):
    """Give the PDFs to the notes' own records; delete those that no note shows.

    They belong to our messages, which are about to disappear; a file of a model that
    no longer exists can be opened by nobody.
    """
    env.flush_all()
    env.cr.execute(
        """
        UPDATE ir_attachment attachment
           SET res_model = note.model, res_id = note.res_id
          FROM mail_message note
          JOIN message_attachment_rel rel ON rel.message_id = note.id
         WHERE rel.attachment_id = attachment.id
           AND attachment.res_model = 'cobranza.message'
           AND note.cobranza_message_id = attachment.res_id
        """
    )
    env.cr.execute("UPDATE cobranza_message SET document_id = NULL")
    env.cr.execute("UPDATE cobranza_consent SET attachment_id = NULL")
    env.invalidate_all()
    env["ir.attachment"].search([("res_model", "=like", "cobranza.%")]).unlink()


def _delete_activities(env):
    """Delete the activities that came from us: their types go too."""
    types = [
        env.ref(
            f"cobranza_whatsapp.mail_activity_type_{name}", raise_if_not_found=False
        )
        for name in ACTIVITY_TYPES
    ]
    env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "in", [kind.id for kind in types if kind])]
    ).unlink()


def _forget_names(env):
    """Delete names of ours in Odoo's lists that it leaves behind itself.

    Other modules name what their mixins added to our models; foreign keys of our
    columns in the tables of others have no name to be found by.
    """
    env.cr.execute(
        """
        DELETE FROM ir_model_data
         WHERE module <> 'cobranza_whatsapp'
           AND (name LIKE 'selection\\_\\_cobranza\\_%'
                OR name LIKE 'model\\_inherit\\_\\_cobranza\\_%'
                OR name LIKE 'field\\_cobranza\\_%'
                OR name LIKE 'constraint\\_cobranza\\_%')
        """
    )
    env.cr.execute(
        """
        DELETE FROM ir_model_constraint own
              USING ir_module_module module
              WHERE module.id = own.module
                AND module.name = 'cobranza_whatsapp'
                AND own.type = 'f'
        """
    )

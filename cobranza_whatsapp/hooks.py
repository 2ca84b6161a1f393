"""What happens when the addon leaves."""


def uninstall_hook(env):
    """Keep the notes with their PDFs: hand the files to the notes' own records.

    The files belong to our messages, which are about to disappear; a file of a model
    that no longer exists can be opened by nobody.
    """
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
    # Other modules name what their mixins added to our models; Odoo removes the
    # records but leaves those names behind.
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

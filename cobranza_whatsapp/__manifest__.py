{
    "name": "Cobranza: WhatsApp and SMS payment reminders",
    "summary": "Reminds customers of open invoices by WhatsApp and SMS, with the "
    "invoice PDF, with consent, within the law, and logs it in the chatter",
    "version": "19.0.1.1.0",
    "category": "Accounting/Accounting",
    "author": "cobranza_whatsapp contributors",
    "license": "LGPL-3",
    "depends": ["account_payment", "sms", "phone_validation"],
    "external_dependencies": {
        "python": ["phonenumbers", "requests", "jinja2", "holidays"]
    },
    "data": [
        # Security
        "security/cobranza_whatsapp_groups.xml",
        "security/ir.model.access.csv",
        "security/cobranza_whatsapp_rules.xml",
        # Data
        "data/cobranza_contact_policy_data.xml",
        "data/cobranza_policy_data.xml",
        "data/cobranza_template_data.xml",
        "data/cobranza_template_pt_br_data.xml",
        "data/cobranza_template_en_data.xml",
        "data/cobranza_template_guarantor_data.xml",
        "data/cobranza_template_email_data.xml",
        "data/cobranza_template_email_pt_br_data.xml",
        "data/cobranza_template_email_en_data.xml",
        "data/mail_activity_type_data.xml",
        "data/ir_cron_data.xml",
        "data/cobranza_schedule_data.xml",
        # Reports
        "report/cobranza_statement.xml",
        # Views
        "views/cobranza_debt_views.xml",
        "views/cobranza_template_bubble.xml",
        "views/cobranza_template_views.xml",
        "views/cobranza_policy_views.xml",
        "views/cobranza_contact_policy_views.xml",
        "views/cobranza_account_views.xml",
        "views/cobranza_consent_views.xml",
        "views/cobranza_hold_views.xml",
        "views/cobranza_promise_views.xml",
        "views/cobranza_message_views.xml",
        "views/cobranza_failure_views.xml",
        "views/cobranza_approval_views.xml",
        "views/cobranza_reminder_views.xml",
        "views/cobranza_event_views.xml",
        "views/cobranza_schedule_views.xml",
        "views/cobranza_evidence_views.xml",
        "views/cobranza_price_views.xml",
        "views/account_move_views.xml",
        # The customer's form has a button for it.
        "wizard/cobranza_consent_wizard_views.xml",
        "wizard/cobranza_withdrawal_wizard_views.xml",
        "wizard/cobranza_consent_request_views.xml",
        "views/cobranza_guarantor_views.xml",
        "views/res_partner_views.xml",
        "views/res_company_views.xml",
        "views/cobranza_page_templates.xml",
        # Reports
        "report/cobranza_evidence_report_views.xml",
        "views/cobranza_consent_page_templates.xml",
        # Wizards
        "wizard/cobranza_operations_views.xml",
        "wizard/cobranza_template_import_views.xml",
        "wizard/cobranza_preview_views.xml",
        "wizard/cobranza_preview_line_views.xml",
        "wizard/cobranza_veto_views.xml",
        "wizard/cobranza_why_views.xml",
        "views/res_config_settings_views.xml",
        # Menus
        "views/cobranza_whatsapp_menus.xml",
    ],
    "assets": {
        "web.assets_backend": ["cobranza_whatsapp/static/src/**/*"],
    },
    "uninstall_hook": "uninstall_hook",
    "application": True,
}

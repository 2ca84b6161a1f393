"""Who lives in the test database beside the demonstration's customers, and why.

Known to `seed.py`, which creates them, and to the tests, which look for them. Each
story has customers of its own, so that stories can run alone and in any order.
"""

from dataclasses import dataclass

BOTH = ("whatsapp", "sms")


@dataclass(frozen=True)
class User:
    """A user of Odoo who logs in."""

    login: str
    password: str


@dataclass(frozen=True)
class Customer:
    """A customer with invoices that were due ``days_overdue`` days ago."""

    name: str
    last_digits: str
    days_overdue: int = 10
    channels: tuple[str, ...] = BOTH
    invoices: int = 1

    @property
    def telephone(self) -> str:
        """Return the number as a clerk would type it."""
        return f"55 1234 {self.last_digits}"

    @property
    def number(self) -> str:
        """Return the international number, digits only, as providers write it."""
        return f"52551234{self.last_digits}"


@dataclass(frozen=True)
class Policy:
    """A policy for some customers only; its stages begin on these days."""

    name: str
    days: tuple[int, ...]
    customers: tuple[Customer, ...]


# The í stands in no table of plain SMS characters.
CONTACT = "Lucía Ñandú, +52 55 5000 1000"
ACCOUNTANT = User("contadora", "contadora")
MANAGER = User("admin", "admin")

REMINDED = Customer("Ferretería El Tornillo", "0101")
THRICE = Customer("Imprenta Norte", "0102", days_overdue=20)
WITHOUT_WHATSAPP = Customer("Mueblería Roble", "0103")
SMS_ONLY = Customer("Cafetería Peña & Muñoz", "0104", channels=("sms",))
SMS_STOPPER = Customer("Óptica Clara", "0105", channels=("sms",))
ASKER = Customer("Vivero Las Palmas", "0106")
PAYER = Customer("Dulcería Confite", "0107")
REFUSED_ONCE = Customer("Zapatería Buen Paso", "0108")
REFUSED_TOO = Customer("Zapatería Mal Paso", "0109")
SEVERAL = Customer("Tlapalería Tres Facturas", "0130", invoices=3)
NEW_TEXT = Customer("Librería Texto Nuevo", "0131")
REFUSED_TEXT = Customer("Librería Texto Negado", "0132", channels=("whatsapp",))
WAITING = tuple(
    Customer(f"Refaccionaria {number}", f"01{number}") for number in range(10, 18)
)

BY_TWILIO = Customer("Panadería Espiga", "0120")
BY_SMS_GATEWAY = Customer("Tlapalería Azul", "0121", channels=("sms",))
BY_WHATSAPP_GATEWAY = Customer("Florería Azahar", "0122")
# By hand, in a dry run, and refused in both for want of consent.
BY_HAND = Customer("Mercería La Aguja", "0140")
BY_HAND_TOO = Customer("Mercería El Dedal", "0141")
VETOED = Customer("Mercería El Botón", "0142")
NEVER_ASKED = Customer("Mercería Sin Permiso", "0143", channels=())

# Later stages begin far away; a manager brings one nearer to cause the next reminder.
THREE_STAGES = Policy("Tres avisos", (5, 60, 90), (THRICE,))
NOT_BEGUN = Policy("Aún no empieza", (60,), WAITING)
NEW_TEMPLATE = Policy("Plantilla nueva", (60,), (NEW_TEXT,))
REFUSED_TEMPLATE = Policy("Plantilla negada", (60,), (REFUSED_TEXT,))

# One for each story of a provider, so that its reminder goes out while its account is
# in use.
TWILIO_POLICY = Policy("Por Twilio", (60,), (BY_TWILIO,))
SMS_GATEWAY_POLICY = Policy("Por pasarela de SMS", (60,), (BY_SMS_GATEWAY,))
WHATSAPP_GATEWAY_POLICY = Policy(
    "Por pasarela de WhatsApp", (60,), (BY_WHATSAPP_GATEWAY,)
)

# A hundred days away from the first day on which a run could reach them.
HAND_POLICY = Policy("A mano", (110,), (BY_HAND, BY_HAND_TOO, VETOED, NEVER_ASKED))

POLICIES = (
    HAND_POLICY,
    THREE_STAGES,
    NOT_BEGUN,
    NEW_TEMPLATE,
    REFUSED_TEMPLATE,
    TWILIO_POLICY,
    SMS_GATEWAY_POLICY,
    WHATSAPP_GATEWAY_POLICY,
)
CUSTOMERS = (
    REMINDED,
    THRICE,
    WITHOUT_WHATSAPP,
    SMS_ONLY,
    SMS_STOPPER,
    ASKER,
    PAYER,
    REFUSED_ONCE,
    BY_TWILIO,
    BY_SMS_GATEWAY,
    BY_WHATSAPP_GATEWAY,
    REFUSED_TOO,
    SEVERAL,
    NEW_TEXT,
    REFUSED_TEXT,
    BY_HAND,
    BY_HAND_TOO,
    VETOED,
    NEVER_ASKED,
    *WAITING,
)

"""What applications say: DNS and its relatives, DHCP, NTP, TLS, HTTP/1, QUIC, SSH, HSRP."""
import datetime
import re

from row import Row, address, flag, hexadecimal, number, text


def name(value):
    return "." if value == "<Root>" else value


def without_dot(value):
    return value.removesuffix(".")


NTP_EPOCH = datetime.datetime(1900, 1, 1, tzinfo=datetime.timezone.utc)
TIME = re.compile(r"(\w{3}) +(\d+), (\d{4}) (\d\d):(\d\d):(\d\d)\.(\d{9}) UTC")
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def nanoseconds(value):
    """tshark's time as nanoseconds since 1900, modulo an era."""
    if value == "NULL":
        return 0
    month, day, year, hour, minute, second, rest = TIME.search(value).groups()
    when = datetime.datetime(int(year), MONTHS.index(month) // 3 + 1, int(day), int(hour), int(minute), int(second),
                             tzinfo=datetime.timezone.utc)
    return ((when - NTP_EPOCH) // datetime.timedelta(seconds=1)) % 2**32 * 10**9 + int(rest)


def ntp_nanoseconds(raw):
    return (raw >> 32) * 10**9 + ((raw & 0xffffffff) * 10**9 >> 32)


def signed_byte(value):
    return (number(value) + 128) % 256 - 128


def short_seconds(value):
    """NTP's short format, as a whole number of 1/65536 s."""
    return round(value * 65536)


def layers(their):
    return their.get("frame.protocols", [""])[0].split(":")


def is_dns(their):
    return "dns" in layers(their)


def is_multicast_dns(their):
    return "mdns" in layers(their)


def is_link_local(their):
    return "llmnr" in layers(their)


def is_answer(their):
    """tshark shows some bits only of answers."""
    return "1" in their.get("dns.flags.response", [])


def is_update(their):
    """tshark counts an UPDATE's sections under other names (RFC 2136)."""
    return "5" in their.get("dns.flags.opcode", [])


def has_bitmap(their):
    """tshark shows the types in NSEC and NSEC3 as types of records."""
    return {"47", "50"} & set(their.get("dns.resp.type", []))


def has_service(their):
    """tshark shows the name of a SRV record in three parts."""
    return "33" in their.get("dns.resp.type", [])


def has_options(their):
    """tshark shows bits of mDNS for OPT records too, whose class is a size (RFC 6891)."""
    return "41" in their.get("dns.resp.type", [])


def is_sslv2(their):
    """tshark takes other protocols for records of SSL 2.0, which holter does not read (RFC 6176 forbids it)."""
    return bool({"0x0002", "2"} & set(their.get("tls.record.version", [])))


def is_tls(their):
    return not is_sslv2(their)


def is_plain_record(their):
    """tshark shows the type of TLS 1.3's encrypted records under another name."""
    return "tls.record.opaque_type" not in their and not is_sslv2(their)


def has_only_hellos(their):
    """tshark shows the algorithm of a signature, of certificate transparency too, under the name of those that a hello
    offers."""
    return not {"11", "12", "13", "15", "22"} & set(their.get("tls.handshake.type", []))


def has_long_headers(their):
    """tshark knows the connection ids of short headers from packets before."""
    return "0" not in their.get("quic.header_form", [])


def both(one, other):
    return lambda their: one(their) and other(their)


def without(one, other):
    return lambda their: one(their) and not other(their)


def has_one_mac(their):
    """tshark shows the MAC in a client identifier under the same name."""
    return len(their.get("dhcp.hw.type", [])) == 1


def dns_rows(layer, when):
    def row(ours, theirs, read=number, only=when):
        return Row(f"{layer}.{ours}", f"dns.{theirs}", read, when=only)

    counts = without(when, is_update)
    return [
        row("id", "id"), row("flags", "flags"), row("response", "flags.response", flag),
        row("opcode", "flags.opcode"), row("truncated", "flags.truncated", flag), row("rcode", "flags.rcode", only=both(when, is_answer)),
        row("question_count", "count.queries", only=counts), row("answer_count", "count.answers", only=counts),
        row("authority_count", "count.auth_rr", only=counts), row("additional_count", "count.add_rr", only=counts),
        row("question.name", "qry.name", name), row("question.type", "qry.type"), row("question.class", "qry.class"),
        row("record.name", "resp.name", name, without(when, has_service)),
        row("record.type", "resp.type", only=without(when, has_bitmap)), row("record.class", "resp.class"),
        row("record.ttl", "resp.ttl"), row("record.data_length", "resp.len"), row("record.a", "a", address),
        row("record.aaaa", "aaaa", address), row("record.cname", "cname", name), row("record.ns", "ns", name),
        row("record.ptr", "ptr.domain_name", name), row("record.mx_preference", "mx.preference"),
        row("record.mx", "mx.mail_exchange", name), row("record.txt", "txt", text),
        row("record.srv_priority", "srv.priority"), row("record.srv_weight", "srv.weight"),
        row("record.srv_port", "srv.port"), row("record.srv_target", "srv.target", name),
        row("record.hinfo_cpu", "hinfo.cpu", text), row("record.hinfo_os", "hinfo.os", text),
    ]


DNS = [
    Row("dns.length", "dns.length"),
    *(Row(f"dns.{ours}", f"dns.flags.{theirs}", flag, when=is_dns) for ours, theirs in (
        ("recursion_desired", "recdesired"), ("z", "z"), ("checking_disabled", "checkdisable"))),
    *(Row(f"dns.{ours}", f"dns.flags.{theirs}", flag, when=both(is_dns, is_answer)) for ours, theirs in (
        ("authoritative", "authoritative"), ("recursion_available", "recavail"),
        ("authenticated", "authenticated"))),
    Row("llmnr.conflict", "dns.flags.conflict", flag),
    Row("llmnr.tentative", "dns.flags.tentative", flag),
    Row("mdns.question.unicast", "dns.qry.qu", flag),
    Row("mdns.record.cache_flush", "dns.resp.cache_flush", flag, when=without(is_multicast_dns, has_options)),
    *(Row(f"dns.record.{ours}", f"dns.{theirs}", read, when=is_dns) for ours, theirs, read in (
        ("dname", "dname", name), ("soa_mname", "soa.mname", name), ("soa_rname", "soa.rname", name),
        ("soa_serial", "soa.serial_number", number), ("soa_refresh", "soa.refresh_interval", number),
        ("soa_retry", "soa.retry_interval", number), ("soa_expire", "soa.expire_limit", number),
        ("soa_minimum", "soa.minimum_ttl", number), ("naptr_order", "naptr.order", number),
        ("naptr_preference", "naptr.preference", number), ("naptr_flags", "naptr.flags", text),
        ("naptr_service", "naptr.service", text), ("naptr_regexp", "naptr.regex", text),
        ("naptr_replacement", "naptr.replacement", name), ("caa_flags", "caa.flags", number),
        ("caa_tag", "caa.tag", text), ("ds_key_tag", "ds.key_id", number), ("ds_algorithm", "ds.algorithm", number),
        ("ds_digest_type", "ds.digest_type", number), ("ds_digest", "ds.digest", hexadecimal),
        ("dnskey_flags", "dnskey.flags", number), ("dnskey_protocol", "dnskey.protocol", number),
        ("dnskey_algorithm", "dnskey.algorithm", number), ("rrsig_type_covered", "rrsig.type_covered", number),
        ("rrsig_algorithm", "rrsig.algorithm", number), ("rrsig_labels", "rrsig.labels", number),
        ("rrsig_original_ttl", "rrsig.original_ttl", number), ("rrsig_key_tag", "rrsig.key_tag", number),
        ("rrsig_signer", "rrsig.signers_name", name), ("nsec_next", "nsec.next_domain_name", name),
        ("nsec3_algorithm", "nsec3.algo", number), ("nsec3_flags", "nsec3.flags", number),
        ("nsec3_iterations", "nsec3.iterations", number), ("tlsa_usage", "tlsa.certificate_usage", number),
        ("tlsa_selector", "tlsa.selector", number), ("tlsa_matching", "tlsa.matching_type", number),
        ("sshfp_algorithm", "sshfp.algorithm", number), ("sshfp_type", "sshfp.fingerprint.type", number),
        ("svcb_priority", "svcb.svcpriority", number), ("svcb_target", "svcb.targetname", name),
        ("svcb_key", "svcb.svcparam.key", number), ("svcb_alpn", "svcb.svcparam.alpn", text),
        ("edns_udp_size", "rr.udp_payload_size", number), ("edns_extended_rcode", "resp.ext_rcode", number),
        ("edns_version", "resp.edns0_version", number), ("edns_do", "resp.z.do", flag),
        ("edns_option.code", "opt.code", number), ("edns_option.length", "opt.len", number))),
    *dns_rows("dns", is_dns), *dns_rows("mdns", is_multicast_dns), *dns_rows("llmnr", is_link_local),
]

DHCP = [
    Row("dhcp.hardware_type", "dhcp.hw.type", when=has_one_mac),
    Row("dhcp.client_mac", "dhcp.hw.mac_addr", text, when=has_one_mac),
    *(Row(f"dhcp.{ours}", f"dhcp.{theirs}", read) for ours, theirs, read in (
        ("op", "type", number), ("hardware_length", "hw.len", number),
        ("hops", "hops", number), ("id", "id", number), ("seconds", "secs", number), ("flags", "flags", number),
        ("broadcast", "flags.bc", flag), ("client_address", "ip.client", address),
        ("your_address", "ip.your", address), ("next_server", "ip.server", address),
        ("relay_address", "ip.relay", address), 
        ("message_type", "option.dhcp", number), ("subnet_mask", "option.subnet_mask", address),
        ("router", "option.router", address), ("dns_server", "option.domain_name_server", address),
        ("hostname", "option.hostname", text), ("domain_name", "option.domain_name", text),
        ("mtu", "option.interface_mtu", number), ("broadcast_address", "option.broadcast_address", address),
        ("ntp_server", "option.ntp_server", address), ("requested_address", "option.requested_ip_address", address),
        ("lease_time", "option.ip_address_lease_time", number), ("overload", "option.option_overload", number),
        ("server_id", "option.dhcp_server_id", address), ("requested_option", "option.request_list_item", number),
        ("message", "option.message", text), ("max_message_size", "option.dhcp_max_message_size", number),
        ("renewal_time", "option.renewal_time_value", number),
        ("rebinding_time", "option.rebinding_time_value", number),
        ("vendor_class", "option.vendor_class_id", text), ("tftp_server", "option.tftp_server_name", text),
        ("boot_file", "option.bootfile_name", text), ("fqdn_flags", "fqdn.flags", number),
        ("fqdn", "fqdn.name", text))),
    *(Row(f"dhcpv6.{ours}", f"dhcpv6.{theirs}", read) for ours, theirs, read in (
        ("type", "msgtype", number), ("transaction_id", "xid", number), ("hop_count", "hopcount", number),
        ("link_address", "linkaddr", address), ("peer_address", "peeraddr", address),
        ("ia.address.ip", "iaaddr.ip", address), ("ia.address.preferred", "iaaddr.pref_lifetime", number),
        ("ia.address.valid", "iaaddr.valid_lifetime", number), ("ia.prefix.ip", "iaprefix.pref_addr", address),
        ("ia.prefix.length", "iaprefix.pref_len", number), ("requested_option", "requested_option_code", number),
        ("dns_server", "dns_server", address),
        ("domain", "search_list_entry", without_dot), ("fqdn", "client_domain", without_dot))),
    Row("dhcpv6.elapsed_time", "dhcpv6.elapsed_time", shown=lambda hundredths: hundredths * 10),
]

NTP = [
    *(Row(f"ntp.{ours}", f"ntp.{theirs}", number) for ours, theirs in (
        ("leap", "flags.li"), ("version", "flags.vn"), ("mode", "flags.mode"), ("stratum", "stratum"),
        ("poll", "ppoll"))),
    Row("ntp.precision", "ntp.precision", signed_byte),
    Row("ntp.root_delay", "ntp.rootdelay", number, shown=short_seconds),
    Row("ntp.root_dispersion", "ntp.rootdispersion", number, shown=short_seconds),
    Row("ntp.reference_id", "ntp.refid", hexadecimal),
    *(Row(f"ntp.{ours}", f"ntp.{theirs}", nanoseconds, shown=ntp_nanoseconds) for ours, theirs in (
        ("reference_time", "reftime"), ("originate_time", "org"), ("receive_time", "rec"),
        ("transmit_time", "xmt"))),
]

TLS = [
    Row("tls.record.type", "tls.record.content_type", when=is_plain_record),
    Row("tls.signature_algorithm", "tls.handshake.sig_hash_alg", when=has_only_hellos),
    *(Row(f"tls.{ours}", f"tls.{theirs}", read, when=is_tls) for ours, theirs, read in (
        ("record.version", "record.version", number),
        ("record.length", "record.length", number), ("record.alert_level", "alert_message.level", number),
        ("record.alert_description", "alert_message.desc", number),
        ("record.handshake.type", "handshake.type", number),
        ("record.handshake.length", "handshake.length", number),
        ("hello_version", "handshake.version", number), ("random", "handshake.random", hexadecimal),
        ("session_id_length", "handshake.session_id_length", number),
        ("session_id", "handshake.session_id", hexadecimal), ("cipher_suite", "handshake.ciphersuite", number),
        ("compression", "handshake.comp_method", number), ("extension", "handshake.extension.type", number),
        ("sni", "handshake.extensions_server_name", text), ("alpn", "handshake.extensions_alpn_str", text),
        ("supported_version", "handshake.extensions.supported_version", number),
        ("supported_group", "handshake.extensions_supported_group", number),
        ("point_format", "handshake.extensions_ec_point_format", number),
        ("key_share_group", "handshake.extensions_key_share_group", number), ("ja3", "handshake.ja3", text),
        ("ja3_string", "handshake.ja3_full", text), ("ja3s", "handshake.ja3s", text),
        ("ja3s_string", "handshake.ja3s_full", text))),
]

HTTP = [
    *(Row(f"http.{ours}", f"http.{theirs}", read) for ours, theirs, read in (
        ("method", "request.method", text), ("uri", "request.uri", text), ("status", "response.code", number),
        ("reason", "response.phrase", text), ("host", "host", text), ("user_agent", "user_agent", text),
        ("referer", "referer", text), ("accept", "accept", text), ("accept_language", "accept_language", text),
        ("accept_encoding", "accept_encoding", text), ("connection", "connection", text), ("upgrade", "upgrade", text),
        ("forwarded_for", "x_forwarded_for", text), ("server", "server", text), ("date", "date", text),
        ("last_modified", "last_modified", text), ("location", "location", text),
        ("cache_control", "cache_control", text), ("content_type", "content_type", text),
        ("content_encoding", "content_encoding", text), ("content_length", "content_length", number),
        ("transfer_encoding", "transfer_encoding", text))),
]

QUIC = [
    Row("quic.packet.dcid", "quic.dcid", hexadecimal, when=has_long_headers),
    *(Row(f"quic.packet.{ours}", f"quic.{theirs}", read) for ours, theirs, read in (
        ("version", "version", number), ("dcid_length", "dcil", number), ("scid_length", "scil", number), ("scid", "scid", hexadecimal),
        ("supported_version", "supported_version", number), ("token_length", "token_length", number),
        ("length", "length", number))),
]

SSH = [Row("ssh.banner", "ssh.protocol", text)]


def is_hsrp_2(their):
    return "hsrp2.version" in their or "hsrp2.active_groups" in their


def is_hsrp_1(their):
    return not is_hsrp_2(their)


def milliseconds(value):
    return number(value) / 1000


HSRP = [
    *(Row(f"hsrp.{ours}", f"hsrp.{theirs}", read, when=is_hsrp_1) for ours, theirs, read in (
        ("version", "version", number), ("opcode", "opcode", number), ("state", "state", number),
        ("hello_time", "hellotime", number), ("hold_time", "holdtime", number), ("priority", "priority", number),
        ("group", "group", number), ("password", "auth_data", text), ("virtual_ip", "virt_ip", address),
        ("interface_state", "adv.state", number), ("active_groups", "adv.activegrp", number),
        ("passive_groups", "adv.passivegrp", number))),
    *(Row(f"hsrp.{ours}", f"hsrp2.{theirs}", read, when=is_hsrp_2) for ours, theirs, read in (
        ("version", "version", number), ("opcode", "opcode", number), ("state", "state", number),
        ("ip_version", "ipversion", number), ("hello_time", "hellotime", milliseconds),
        ("hold_time", "holdtime", milliseconds), ("priority", "priority", number), ("group", "group", number),
        ("sender_mac", "identifier", text), ("password", "auth_data", text),
        ("active_groups", "active_groups", number), ("passive_groups", "passive_groups", number))),
    *(Row("hsrp.virtual_ip", theirs, address, when=lambda their, named=theirs: named in their)
      for theirs in ("hsrp2.virt_ip", "hsrp2.virt_ip_v6")),
    *(Row(f"hsrp.{ours}", theirs, read) for ours, theirs, read in (
        ("md5_algorithm", "hsrp2.md5_algorithm", number), ("md5_flags", "hsrp2.md5_flags", number),
        ("md5_address", "hsrp.md5_ip_address", address), ("md5_key_id", "hsrp2.md5_key_id", number),
        ("md5_digest", "hsrp2.md5_auth_data", hexadecimal))),
]

ROWS = [*DNS, *DHCP, *NTP, *TLS, *HTTP, *QUIC, *SSH, *HSRP]

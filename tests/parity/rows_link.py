"""The link layer and tunnels: 802.2, spanning tree, LLDP, CDP, LACP, ARP of other kinds, MPLS, PPPoE, PPP, cooked and
loopback captures, GRE, ERSPAN, VXLAN, Geneve and GTP-U."""
from row import Row, address, checksum_state, decimal, flag, hexadecimal, number, text


def end(ours, theirs):
    """One end of a LACP message."""
    names = {"system_priority": "sys_priority", "system": "sysid", "key": "key", "port_priority": "port_priority",
             "port": "port", "state": "state"}
    flags = ("activity", "timeout", "aggregation", "synchronization", "collecting", "distributing", "defaulted",
             "expired")
    return ([Row(f"lacp.{ours}.{our}", f"lacp.{theirs}.{their}", text if our == "system" else number)
             for our, their in names.items()] +
            [Row(f"lacp.{ours}.{name}", f"lacp.{theirs}.state.{name}", flag) for name in flags])


def bridge(ours, theirs):
    return [Row(f"stp.{ours}_priority", f"{theirs}.prio"), Row(f"stp.{ours}_extension", f"{theirs}.ext"),
            Row(f"stp.{ours}_mac", f"{theirs}.hw", text)]


def one_tree(their):
    """tshark has the same names for the flags of every instance."""
    return "mstp.msti.flags" not in their


def without(name):
    """tshark has a field for each family of addresses, or for each line of a text."""
    return lambda their: name not in their


def one_line(their):
    return len(their.get("cdp.software_version", [])) < 2


def plain(value):
    """tshark shows what is no printable text otherwise than as it is."""
    return value.replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t")


SPANNING_TREE = [
    Row("stp.protocol", "stp.protocol"),
    Row("stp.version", "stp.version"),
    Row("stp.type", "stp.type"),
    Row("stp.flags", "stp.flags"),
    Row("stp.topology_change_ack", "stp.flags.tcack", flag, one_tree),
    Row("stp.agreement", "stp.flags.agreement", flag, one_tree),
    Row("stp.forwarding", "stp.flags.forwarding", flag, one_tree),
    Row("stp.learning", "stp.flags.learning", flag, one_tree),
    Row("stp.port_role", "stp.flags.port_role", when=one_tree),
    Row("stp.proposal", "stp.flags.proposal", flag, one_tree),
    Row("stp.topology_change", "stp.flags.tc", flag, one_tree),
    *bridge("root", "stp.root"),
    Row("stp.root_cost", "stp.root.cost"),
    *bridge("bridge", "stp.bridge"),
    Row("stp.port_id", "stp.port"),
    Row("stp.message_age", "stp.msg_age", decimal),
    Row("stp.max_age", "stp.max_age", decimal),
    Row("stp.hello_time", "stp.hello", decimal),
    Row("stp.forward_delay", "stp.forward", decimal),
    Row("stp.version_1_length", "stp.version_1_length"),
    Row("stp.version_3_length", "mstp.version_3_length"),
    Row("stp.config_format", "mstp.config_format_selector"),
    Row("stp.config_name", "mstp.config_name", text),
    Row("stp.config_revision", "mstp.config_revision_level"),
    Row("stp.config_digest", "mstp.config_digest", hexadecimal),
    Row("stp.internal_cost", "mstp.cist_internal_root_path_cost"),
    *bridge("cist_bridge", "mstp.cist_bridge"),
    Row("stp.remaining_hops", "mstp.cist_remaining_hops"),
    Row("stp.instance.id", "mstp.msti.msti_id"),
    Row("stp.instance.flags", "mstp.msti.flags"),
    Row("stp.instance.root_mac", "mstp.msti.root.hw", text),
    Row("stp.instance.cost", "mstp.msti.root_cost"),
    Row("stp.instance.bridge_priority", "mstp.msti.bridge_priority"),
    Row("stp.instance.port_priority", "mstp.msti.port_priority"),
    Row("stp.instance.remaining_hops", "mstp.msti.remaining_hops"),
    Row("stp.vlan", "stp.pvst.origvlan"),
]

LLDP = [
    Row("lldp.tlv.type", "lldp.tlv.type"),
    Row("lldp.tlv.length", "lldp.tlv.len"),
    Row("lldp.tlv.chassis_subtype", "lldp.chassis.subtype"),
    Row("lldp.tlv.chassis_mac", "lldp.chassis.id.mac", text),
    Row("lldp.tlv.chassis_address", "lldp.chassis.id.ip4", address),
    Row("lldp.tlv.port_subtype", "lldp.port.subtype"),
    Row("lldp.tlv.port_mac", "lldp.port.id.mac", text),
    Row("lldp.tlv.port_id", "lldp.port.id", plain),
    Row("lldp.tlv.ttl", "lldp.time_to_live"),
    Row("lldp.tlv.port_description", "lldp.port.desc", plain),
    Row("lldp.tlv.system_name", "lldp.tlv.system.name", plain),
    Row("lldp.tlv.system_description", "lldp.tlv.system.desc", plain),
    Row("lldp.tlv.capabilities", "lldp.tlv.system_cap"),
    Row("lldp.tlv.enabled_capabilities", "lldp.tlv.enable_system_cap"),
    Row("lldp.tlv.management_subtype", "lldp.mgn.address.subtype"),
    Row("lldp.tlv.management_address", "lldp.mgn.addr.ip4", address, without("lldp.mgn.addr.ip6")),
    Row("lldp.tlv.management_address", "lldp.mgn.addr.ip6", address, without("lldp.mgn.addr.ip4")),
    Row("lldp.tlv.interface_subtype", "lldp.mgn.interface.subtype"),
    Row("lldp.tlv.interface_number", "lldp.mgn.interface.number"),
    Row("lldp.tlv.oui", "lldp.orgtlv.oui"),
    Row("lldp.tlv.pvid", "lldp.ieee.802_1.port_vlan.id"),
    Row("lldp.tlv.protocol_vlan_flags", "lldp.ieee.802_1.port_and_vlan_id_flag"),
    Row("lldp.tlv.protocol_vlan", "lldp.ieee.802_1.port_proto_vlan.id"),
    Row("lldp.tlv.vlan_id", "lldp.ieee.802_1.vlan.id"),
    Row("lldp.tlv.vlan_name", "lldp.ieee.802_1.vlan.name", plain),
    Row("lldp.tlv.protocol_identity", "lldp.ieee.802_1.proto.id", hexadecimal),
    Row("lldp.tlv.autonegotiation", "lldp.ieee.802_3.mac_phy_auto_neg_status"),
    Row("lldp.tlv.advertised", "lldp.ieee.802_3.pmd_auto_neg_advertised_caps"),
    Row("lldp.tlv.mau_type", "lldp.ieee.802_3.pmd_mau_type"),
    Row("lldp.tlv.power_support", "lldp.ieee.802_3.mdi_power_support"),
    Row("lldp.tlv.power_pair", "lldp.ieee.802_3.mdi_pse_pair"),
    Row("lldp.tlv.power_class", "lldp.ieee.802_3.mdi_power_class"),
    Row("lldp.tlv.max_frame", "lldp.ieee.802_3.max_frame_size"),
    Row("lldp.tlv.aggregation_status", "lldp.ieee.802_3.aggregation_status"),
    Row("lldp.tlv.aggregated_port", "lldp.ieee.802_3.aggregated_port_id"),
]

CDP = [
    Row("cdp.version", "cdp.version"),
    Row("cdp.ttl", "cdp.ttl"),
    Row("cdp.checksum", "cdp.checksum"),
    Row("cdp.checksum_state", "cdp.checksum.status", checksum_state),
    Row("cdp.tlv.type", "cdp.tlv.type"),
    Row("cdp.tlv.length", "cdp.tlv.len"),
    Row("cdp.tlv.device_id", "cdp.deviceid", plain),
    Row("cdp.tlv.address_count", "cdp.number_of_addresses"),
    Row("cdp.tlv.port_id", "cdp.portid", plain),
    Row("cdp.tlv.capabilities", "cdp.capabilities"),
    Row("cdp.tlv.software", "cdp.software_version", plain, one_line),
    Row("cdp.tlv.platform", "cdp.platform", plain),
    Row("cdp.tlv.vtp_domain", "cdp.vtp_management_domain", plain),
    Row("cdp.tlv.native_vlan", "cdp.native_vlan"),
    Row("cdp.tlv.full_duplex", "cdp.duplex", flag),
    Row("cdp.tlv.voice_vlan", "cdp.voice_vlan"),
    Row("cdp.tlv.power_consumption", "cdp.power_consumption"),
    Row("cdp.tlv.trust", "cdp.trust_bitmap"),
    Row("cdp.tlv.untrusted_cos", "cdp.untrusted_port_cos"),
    Row("cdp.tlv.request_id", "cdp.request_id"),
    Row("cdp.tlv.management_id", "cdp.management_id"),
    Row("cdp.tlv.power_available", "cdp.power_available"),
    Row("cdp.tlv.power_requested", "cdp.power_requested"),
    Row("cdp.tlv.system_name", "cdp.system_name", plain),
]

LINKS = [
    Row("llc.dsap", "llc.dsap"),
    Row("llc.group", "llc.dsap.ig", flag),
    Row("llc.ssap", "llc.ssap"),
    Row("llc.response", "llc.ssap.cr", flag),
    Row("llc.control", "llc.control"),
    Row("llc.send_sequence", "llc.control.n_s"),
    Row("llc.receive_sequence", "llc.control.n_r"),
    Row("snap.oui", "llc.oui"),
    Row("arp.sender_hardware", "arp.src.hw", hexadecimal),
    Row("arp.target_hardware", "arp.dst.hw", hexadecimal),
    Row("arp.sender_protocol", "arp.src.proto", hexadecimal),
    Row("arp.target_protocol", "arp.dst.proto", hexadecimal),
    Row("mpls.label", "mpls.label"),
    Row("mpls.traffic_class", "mpls.exp"),
    Row("mpls.bottom", "mpls.bottom", flag),
    Row("mpls.ttl", "mpls.ttl"),
    Row("mpls.control_sequence", "pweth.cw.sequence_number"),
    Row("pppoe.version", "pppoe.version"),
    Row("pppoe.type", "pppoe.type"),
    Row("pppoe.code", "pppoe.code"),
    Row("pppoe.session_id", "pppoe.session_id"),
    Row("pppoe.length", "pppoe.payload_length"),
    Row("pppoe.tag.concentrator", "pppoed.tags.ac_name", plain),
    Row("ppp.address", "ppp.address"),
    Row("ppp.control", "ppp.control"),
    Row("ppp.protocol", "ppp.protocol"),
    Row("ppp.code", "ppp.code"),
    Row("ppp.id", "ppp.identifier"),
    Row("ppp.length", "ppp.length"),
    Row("cisco_hdlc.address", "chdlc.address"),
    Row("cisco_hdlc.control", "chdlc.control"),
    Row("cisco_hdlc.protocol", "chdlc.protocol"),
    Row("linux_cooked.packet_type", "sll.pkttype"),
    Row("linux_cooked.hardware_type", "sll.hatype"),
    Row("linux_cooked.address_length", "sll.halen"),
    Row("linux_cooked.type", "sll.etype"),
    Row("linux_cooked.interface", "sll.ifindex"),
]

TUNNELS = [
    Row("gre.flags", "gre.flags_and_version"),
    Row("gre.checksum_present", "gre.flags.checksum", flag),
    Row("gre.routing_present", "gre.flags.routing", flag),
    Row("gre.key_present", "gre.flags.key", flag),
    Row("gre.sequence_present", "gre.flags.sequence_number", flag),
    Row("gre.acknowledgment_present", "gre.flags.ack", flag),
    Row("gre.version", "gre.flags.version"),
    Row("gre.type", "gre.proto"),
    Row("gre.checksum", "gre.checksum"),
    Row("gre.checksum_state", "gre.checksum.status", checksum_state),
    Row("gre.key", "gre.key"),
    Row("gre.payload_length", "gre.key.payload_length"),
    Row("gre.call_id", "gre.key.call_id"),
    Row("gre.sequence", "gre.sequence_number"),
    Row("gre.acknowledgment", "gre.ack_number"),
    Row("erspan.version", "erspan.version"),
    Row("erspan.vlan", "erspan.vlan"),
    Row("erspan.class_of_service", "erspan.cos"),
    Row("erspan.truncated", "erspan.truncated", flag),
    Row("erspan.session_id", "erspan.spanid"),
    Row("erspan.index", "erspan.index"),
    Row("erspan.timestamp", "erspan.timestamp"),
    Row("erspan.security_group", "erspan.sgt"),
    Row("erspan.hardware_id", "erspan.hw"),
    Row("vxlan.flags", "vxlan.flags"),
    Row("vxlan.next_protocol", "vxlan.next_proto"),
    Row("vxlan.group_policy", "vxlan.gbp"),
    Row("vxlan.vni", "vxlan.vni"),
    Row("geneve.version", "geneve.version"),
    Row("geneve.control", "geneve.flags.oam", flag),
    Row("geneve.critical", "geneve.flags.critical", flag),
    Row("geneve.type", "geneve.proto_type"),
    Row("geneve.vni", "geneve.vni"),
    Row("geneve.option.class", "geneve.option.class"),
    Row("geneve.option.type", "geneve.option.type"),
    Row("gtp_u.flags", "gtp.flags"),
    Row("gtp_u.version", "gtp.flags.version"),
    Row("gtp_u.type", "gtp.message"),
    Row("gtp_u.length", "gtp.length"),
    Row("gtp_u.teid", "gtp.teid"),
    Row("gtp_u.sequence", "gtp.seq_number"),
    Row("gtp_u.n_pdu", "gtp.npdu_number"),
    Row("gtp_u.extension.pdu_type", "gtp.ext_hdr.pdu_ses_con.pdu_type"),
    Row("gtp_u.extension.qos_flow", "gtp.ext_hdr.pdu_ses_con.qos_flow_id"),
]

ROWS = [*SPANNING_TREE, *LLDP, *CDP, *end("actor", "actor"), *end("partner", "partner"),
        Row("lacp.collector_max_delay", "lacp.collector.max_delay"), *LINKS, *TUNNELS]

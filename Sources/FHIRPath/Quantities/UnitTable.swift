/// The units of measure by their UCUM codes (*The Unified Code for Units of Measure*, tables 1 to 22), each defined by
/// others down to the seven base units.
enum UnitTable {
    /// One unit of the table.
    struct Entry: Sendable {
        let isMetric: Bool
        /// How many of ``unit`` it is.
        let factor: String
        let unit: String
    }

    static func entry(_ code: Substring) -> Entry? { entries[String(code)] }

    /// The base units, in the order of a ``Dimension``'s exponents; plane angle counts as one of them.
    static let base: [String] = ["m", "s", "g", "rad", "K", "C", "cd"]

    /// Powers of ten; of these only the code is looked at.
    static let prefixes: [(code: String, power: Int)] = [
        ("da", 1), ("Y", 24), ("Z", 21), ("E", 18), ("P", 15), ("T", 12), ("G", 9), ("M", 6), ("k", 3), ("h", 2),
        ("d", -1), ("c", -2), ("m", -3), ("u", -6), ("n", -9), ("p", -12), ("f", -15), ("a", -18), ("z", -21),
        ("y", -24),
    ]

    private static let entries: [String: Entry] = {
        var entries: [String: Entry] = [:]
        for line in (table + clinical).split(separator: "\n") {
            let parts = line.split(separator: " ", omittingEmptySubsequences: true)
            guard parts.count == 4 else { continue }
            entries[String(parts[0])] = Entry(
                isMetric: parts[1] == "metric", factor: String(parts[2]), unit: String(parts[3]))
        }
        return entries
    }()

    // Code, whether it takes prefixes, factor, unit. `1` is the unit of pure numbers.
    private static let table = """
        10* - 10 1
        10^ - 10 1
        [pi] - 3.1415926535897932384626433832795 1
        % - 1 10*-2
        [ppth] - 1 10*-3
        [ppm] - 1 10*-6
        [ppb] - 1 10*-9
        [pptr] - 1 10*-12
        mol metric 6.0221367 10*23
        sr metric 1 rad2
        Hz metric 1 s-1
        N metric 1 kg.m/s2
        Pa metric 1 N/m2
        J metric 1 N.m
        W metric 1 J/s
        A metric 1 C/s
        V metric 1 J/C
        F metric 1 C/V
        Ohm metric 1 V/A
        S metric 1 Ohm-1
        Wb metric 1 V.s
        T metric 1 Wb/m2
        H metric 1 Wb/A
        lm metric 1 cd.sr
        lx metric 1 lm/m2
        Bq metric 1 s-1
        Gy metric 1 J/kg
        Sv metric 1 J/kg
        gon - 0.9 deg
        deg - 2 [pi].rad/360
        ' - 1 deg/60
        '' - 1 '/60
        l metric 1 dm3
        L metric 1 l
        ar metric 100 m2
        min - 60 s
        h - 60 min
        d - 24 h
        wk - 7 d
        a_t - 365.24219 d
        a_j - 365.25 d
        a_g - 365.2425 d
        a - 1 a_j
        mo_s - 29.53059 d
        mo_j - 1 a_j/12
        mo_g - 1 a_g/12
        mo - 1 mo_j
        t metric 1000 kg
        bar metric 100000 Pa
        u metric 1.6605402 10*-24.g
        eV metric 1.60217733 10*-19.J
        AU - 149597.870691 Mm
        pc metric 3.085678 10*16.m
        [c] metric 299792458 m/s
        [h] metric 6.6260755 10*-34.J.s
        [k] metric 1.380658 10*-23.J/K
        [e] metric 1.60217733 10*-19.C
        [g] metric 9.80665 m/s2
        [ly] metric 1 [c].a_j
        gf metric 1 g.[g]
        [lbf_av] - 1 [lb_av].[g]
        Ky metric 1 cm-1
        Gal metric 1 cm/s2
        dyn metric 1 g.cm/s2
        erg metric 1 dyn.cm
        P metric 1 dyn.s/cm2
        Bi metric 10 A
        St metric 1 cm2/s
        Mx metric 1 10*-8.Wb
        G metric 1 10*-4.T
        Ci metric 37 10*9.Bq
        R metric 2.58 10*-4.C/kg
        RAD metric 100 erg/g
        REM metric 1 RAD
        [in_i] - 2.54 cm
        [ft_i] - 12 [in_i]
        [yd_i] - 3 [ft_i]
        [mi_i] - 5280 [ft_i]
        [fth_i] - 6 [ft_i]
        [nmi_i] - 1852 m
        [kn_i] - 1 [nmi_i]/h
        [sin_i] - 1 [in_i]2
        [sft_i] - 1 [ft_i]2
        [syd_i] - 1 [yd_i]2
        [cin_i] - 1 [in_i]3
        [cft_i] - 1 [ft_i]3
        [cyd_i] - 1 [yd_i]3
        [mil_i] - 0.001 [in_i]
        [hd_i] - 4 [in_i]
        [gal_us] - 231 [in_i]3
        [qt_us] - 1 [gal_us]/4
        [pt_us] - 1 [qt_us]/2
        [gil_us] - 1 [pt_us]/4
        [foz_us] - 1 [gil_us]/4
        [fdr_us] - 1 [foz_us]/8
        [min_us] - 1 [fdr_us]/60
        [cup_us] - 16 [tbs_us]
        [tbs_us] - 1 [foz_us]/2
        [tsp_us] - 1 [tbs_us]/3
        [cup_m] - 240 mL
        [foz_m] - 30 mL
        [tsp_m] - 5 mL
        [tbs_m] - 15 mL
        [gal_br] - 4.54609 l
        [qt_br] - 1 [gal_br]/4
        [pt_br] - 1 [qt_br]/2
        [gil_br] - 1 [pt_br]/4
        [foz_br] - 1 [gil_br]/5
        [fdr_br] - 1 [foz_br]/8
        [min_br] - 1 [fdr_br]/60
        [gr] - 64.79891 mg
        [lb_av] - 7000 [gr]
        [oz_av] - 1 [lb_av]/16
        [dr_av] - 1 [oz_av]/16
        [ston_av] - 2000 [lb_av]
        [lton_av] - 2240 [lb_av]
        [stone_av] - 14 [lb_av]
        [lb_tr] - 12 [oz_tr]
        [oz_tr] - 20 [pwt_tr]
        [pwt_tr] - 24 [gr]
        [lb_ap] - 12 [oz_ap]
        [oz_ap] - 8 [dr_ap]
        [dr_ap] - 3 [sc_ap]
        [sc_ap] - 20 [gr]
        [degR] - 5 K/9
        cal_[15] metric 4.18580 J
        cal_[20] metric 4.18190 J
        cal_m metric 4.19002 J
        cal_IT metric 4.1868 J
        cal_th metric 4.184 J
        cal metric 1 cal_th
        [Cal] - 1 kcal_th
        [Btu] - 1 [Btu_th]
        [Btu_th] - 1.054350 kJ
        [HP] - 550 [ft_i].[lbf_av]/s
        [psi] - 1 [lbf_av]/[in_i]2

        """

    private static let clinical = """
        m[H2O] metric 9.80665 kPa
        m[Hg] metric 133.3220 kPa
        [in_i'H2O] - 1 m[H2O].[in_i]/m
        [in_i'Hg] - 1 m[Hg].[in_i]/m
        [Ch] - 1 mm/3
        [drp] - 1 ml/20
        [diop] - 1 /m
        [mesh_i] - 1 /[in_i]
        [MET] - 3.5 mL/min/kg
        [g%] metric 1 g/dl
        [S] - 1 10*-13.s
        [HPF] - 1 1
        [LPF] - 100 1
        kat metric 1 mol/s
        U metric 1 umol/min
        eq metric 1 mol
        osm metric 1 mol
        g% metric 1 g/dl
        st metric 1 m3
        Ao - 0.1 nm
        b - 100 fm2
        att - 1 kgf/cm2
        mho metric 1 S
        ph - 0.0001 lx
        lbf - 1 [lbf_av]
        bit_s - 1 1
        bit metric 1 1
        By metric 8 bit
        Bd metric 1 /s
        [pH] - 1 mol/l
        """
}

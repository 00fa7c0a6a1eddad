namespace TorchSharp.Modules;

/// <summary>
/// What the options of Adam and of AdamW hold besides the learning rate. The two are public types with fields of their own, as TorchSharp has them,
/// and no base that they could share; all that is done with the fields is done here.
/// </summary>
internal readonly record struct AdamSettings(double? Beta1, double? Beta2, double? Epsilon, double? WeightDecay, bool? AmsGrad, bool? Maximize)
{
    /// <summary>The settings of a constructor.</summary>
    /// <exception cref="ArgumentException">One is out of range, or the learning rate is.</exception>
    public static AdamSettings Checked(double lr, double beta1, double beta2, double eps, double weight_decay, bool amsgrad, bool maximize)
    {
        if (lr < 0) throw new ArgumentException($"Invalid learning rate: {lr}");
        if (eps < 0) throw new ArgumentException($"Invalid ε: {eps}");
        if (beta1 is < 0 or >= 1) throw new ArgumentException($"Invalid beta1: {beta1}");
        if (beta2 is < 0 or >= 1) throw new ArgumentException($"Invalid beta2: {beta2}");
        if (weight_decay < 0) throw new ArgumentException($"Invalid weight_decay value: {weight_decay}");
        return new(beta1, beta2, eps, weight_decay, amsgrad, maximize);
    }

    public static AdamSettings Load(BinaryReader reader) => new(
        reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadBoolean(), reader.ReadBoolean());

    public void Save(BinaryWriter writer)
    {
        writer.Write(Beta1!.Value);
        writer.Write(Beta2!.Value);
        writer.Write(Epsilon!.Value);
        writer.Write(WeightDecay!.Value);
        writer.Write(AmsGrad!.Value);
        writer.Write(Maximize!.Value);
    }

    /// <summary>These, and what is null of others.</summary>
    public AdamSettings Or(AdamSettings other) => new(
        Beta1 ?? other.Beta1, Beta2 ?? other.Beta2, Epsilon ?? other.Epsilon, WeightDecay ?? other.WeightDecay, AmsGrad ?? other.AmsGrad, Maximize ?? other.Maximize);
}
